// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import dev.clientconn.boot.test.greeter.GreetRequest;
import dev.clientconn.boot.test.greeter.Greeting;
import dev.clientconn.boot.test.greeter.PricesGrpc.PricesImplBase;
import io.grpc.stub.StreamObserver;

/** Has a dependency, as services often do. */
class FakePrices extends PricesImplBase {

  private final Greetings greetings;

  FakePrices(Greetings greetings) {
    this.greetings = greetings;
  }

  @Override
  public void quote(GreetRequest request, StreamObserver<Greeting> response) {
    String text = this.greetings.greet(request.getName()) + ": 42";
    response.onNext(Greeting.newBuilder().setText(text).build());
    response.onCompleted();
  }
}
