// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smallest;

import dev.clientconn.smallest.v1.GreetRequest;
import dev.clientconn.smallest.v1.GreeterGrpc.GreeterImplBase;
import dev.clientconn.smallest.v1.Greeting;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;

/** Runs the service on a port, and starts the application with it. */
final class GreeterServer extends GreeterImplBase {

  private GreeterServer() {}

  /** Starts the server and the application, for {@code mvn spring-boot:test-run}. */
  public static void main(String[] args) throws IOException {
    start(9090);
    SmallestApplication.main(args);
  }

  /** Starts the server; port 0 is any free port. */
  static Server start(int port) throws IOException {
    return NettyServerBuilder.forPort(port)
        .addService(new GreeterServer())
        .build()
        .start();
  }

  @Override
  public void greet(GreetRequest request, StreamObserver<Greeting> response) {
    response.onNext(Greeting.newBuilder().setText("Hello, " + request.getName()).build());
    response.onCompleted();
  }
}
