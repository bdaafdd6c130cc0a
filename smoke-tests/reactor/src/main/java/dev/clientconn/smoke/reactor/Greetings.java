// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.reactor;

import dev.clientconn.boot.GrpcClient;
import dev.clientconn.smoke.reactor.greeter.GreetRequest;
import dev.clientconn.smoke.reactor.greeter.Greeting;
import dev.clientconn.smoke.reactor.greeter.ReactorGreeterGrpc.ReactorGreeterStub;
import org.springframework.stereotype.Service;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Calls each kind of method. */
@Service
class Greetings {

  private final ReactorGreeterStub greeter;

  Greetings(@GrpcClient("greeter") ReactorGreeterStub greeter) {
    this.greeter = greeter;
  }

  Mono<String> greet(String name) {
    return this.greeter.greet(request(name)).map(Greeting::getText);
  }

  Flux<String> greetOften(String name) {
    return this.greeter.greetOften(request(name)).map(Greeting::getText);
  }

  Mono<String> greetAll(Flux<String> names) {
    return this.greeter.greetAll(names.map(Greetings::request)).map(Greeting::getText);
  }

  private static GreetRequest request(String name) {
    return GreetRequest.newBuilder().setName(name).build();
  }
}
