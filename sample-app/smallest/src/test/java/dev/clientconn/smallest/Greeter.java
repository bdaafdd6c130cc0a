// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smallest;

import dev.clientconn.smallest.v1.GreetRequest;
import dev.clientconn.smallest.v1.GreeterGrpc.GreeterImplBase;
import dev.clientconn.smallest.v1.Greeting;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;

/** Implements the service that the application calls. */
final class Greeter extends GreeterImplBase {

  /** Starts a server and the application, for {@code mvn spring-boot:test-run}. */
  public static void main(String[] args) throws IOException {
    NettyServerBuilder.forPort(9090).addService(new Greeter()).build().start();
    SmallestApplication.main(args);
  }

  @Override
  public void greet(GreetRequest request, StreamObserver<Greeting> response) {
    response.onNext(Greeting.newBuilder().setText("Hello, " + request.getName()).build());
    response.onCompleted();
  }
}
