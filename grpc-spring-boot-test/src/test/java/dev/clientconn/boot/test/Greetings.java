// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.test.greeter.GreetRequest;
import dev.clientconn.boot.test.greeter.GreeterGrpc.GreeterBlockingStub;
import org.springframework.stereotype.Service;

@Service
class Greetings {

  private final GreeterBlockingStub greeter;

  Greetings(@GrpcClient("greeter") GreeterBlockingStub greeter) {
    this.greeter = greeter;
  }

  String greet(String name) {
    return this.greeter.greet(GreetRequest.newBuilder().setName(name).build()).getText();
  }
}
