// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smallest;

import dev.clientconn.boot.GrpcClient;
import dev.clientconn.smallest.v1.GreetRequest;
import dev.clientconn.smallest.v1.GreeterGrpc.GreeterBlockingStub;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** Prints the greeting of the server that {@code application.yml} names. */
@SpringBootApplication
public class SmallestApplication {

  public static void main(String[] args) {
    SpringApplication.run(SmallestApplication.class, args);
  }

  @Bean
  ApplicationRunner greet(@GrpcClient("greeter") GreeterBlockingStub greeter) {
    GreetRequest ada = GreetRequest.newBuilder().setName("Ada").build();
    return arguments -> System.out.println(greeter.greet(ada).getText());
  }
}
