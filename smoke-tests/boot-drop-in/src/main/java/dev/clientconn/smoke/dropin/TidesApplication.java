// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.dropin;

import dev.clientconn.smoke.dropin.proto.HighWater;
import dev.clientconn.smoke.dropin.proto.Place;
import dev.clientconn.smoke.dropin.proto.TidesGrpc.TidesBlockingStub;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.grpc.client.ImportGrpcClients;

/** Prints the time of the next high water. */
@SpringBootApplication
@ImportGrpcClients(types = TidesBlockingStub.class)
public class TidesApplication {

  public static void main(String[] args) {
    SpringApplication.run(TidesApplication.class, args);
  }

  @Bean
  CommandLineRunner nextHighWater(TidesBlockingStub tides) {
    return args -> {
      HighWater next = tides.nextHighWater(Place.newBuilder().setPort("Calais").build());
      System.out.println("High water at Calais: " + next.getAt());
    };
  }
}
