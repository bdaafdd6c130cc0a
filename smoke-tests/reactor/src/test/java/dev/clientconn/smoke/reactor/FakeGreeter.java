// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.reactor;

import dev.clientconn.smoke.reactor.greeter.GreetRequest;
import dev.clientconn.smoke.reactor.greeter.Greeting;
import dev.clientconn.smoke.reactor.greeter.ReactorGreeterGrpc.GreeterImplBase;
import io.grpc.Status;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Responds with streams that end only if they are cancelled. */
class FakeGreeter extends GreeterImplBase {

  static final String UNKNOWN = "unknown";

  final CountDownLatch cancelled = new CountDownLatch(1);

  final AtomicInteger sent = new AtomicInteger();

  @Override
  public Mono<Greeting> greet(Mono<GreetRequest> request) {
    return request.flatMap(each -> each.getName().equals(UNKNOWN)
        ? Mono.error(Status.NOT_FOUND.withDescription("nobody").asRuntimeException())
        : Mono.just(greeting("Hello, " + each.getName())));
  }

  @Override
  public Flux<Greeting> greetOften(Mono<GreetRequest> request) {
    return request.flatMapMany(each -> Flux.<Greeting>generate(
            sink -> sink.next(greeting(each.getName() + " " + this.sent.getAndIncrement())))
        .doOnCancel(this.cancelled::countDown));
  }

  @Override
  public Mono<Greeting> greetAll(Flux<GreetRequest> requests) {
    return requests
        .map(GreetRequest::getName)
        .collectList()
        .map(names -> greeting(names.toString()));
  }

  private static Greeting greeting(String text) {
    return Greeting.newBuilder().setText(text).build();
  }
}
