// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.google.protobuf.BytesValue;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** grpc-java's own server on Netty, for those who would rather not trust canned answers. It heeds no client's demand. */
final class GrpcJavaServer implements BenchmarkServer {

  private final Server server;

  private GrpcJavaServer(Server server) {
    this.server = server;
  }

  static GrpcJavaServer start(ResponseShape shape) throws IOException {
    BytesValue message = ResponseShape.payload(shape.payloadBytes());
    ServerServiceDefinition service = ServerServiceDefinition.builder(EchoMethods.SERVICE)
        .addMethod(
            EchoMethods.UNARY, ServerCalls.asyncUnaryCall((request, out) -> reply(message, 1, out)))
        .addMethod(
            EchoMethods.SERVER_STREAM,
            ServerCalls.asyncServerStreamingCall(
                (request, out) -> reply(message, shape.messages(), out)))
        .build();
    return new GrpcJavaServer(
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .maxInboundMessageSize(Integer.MAX_VALUE)
            .addService(service)
            .build()
            .start());
  }

  @Override
  public int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void reply(BytesValue message, int count, StreamObserver<BytesValue> out) {
    for (int i = 0; i < count; i++) {
      out.onNext(message);
    }
    out.onCompleted();
  }
}
