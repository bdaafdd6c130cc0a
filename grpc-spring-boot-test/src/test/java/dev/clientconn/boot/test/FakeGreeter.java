// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import dev.clientconn.boot.test.greeter.GreetRequest;
import dev.clientconn.boot.test.greeter.GreeterGrpc.GreeterImplBase;
import dev.clientconn.boot.test.greeter.Greeting;
import io.grpc.stub.StreamObserver;

class FakeGreeter extends GreeterImplBase {

  @Override
  public void greet(GreetRequest request, StreamObserver<Greeting> response) {
    response.onNext(Greeting.newBuilder().setText("Hello, " + request.getName()).build());
    response.onCompleted();
  }
}
