// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.foreign;

import dev.clientconn.testing.TextMethods;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * A server with one bidirectional method that returns every message, compressed, until the
 * half-close.
 */
final class ForeignServer implements AutoCloseable {
  static final String METHOD = "test.Foreign/Echo";

  private final Server server;

  ForeignServer() throws IOException {
    server = NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .directExecutor()
        .maxConcurrentCallsPerConnection(2)
        .addService(ServerServiceDefinition.builder("test.Foreign")
            .addMethod(method(new TextMethods.TextMarshaller()), (call, headers) -> echo(call))
            .build())
        .build()
        .start();
  }

  private static ServerCall.Listener<String> echo(ServerCall<String, String> call) {
    call.setCompression("gzip");
    call.sendHeaders(new Metadata());
    call.request(1);
    return new ServerCall.Listener<>() {
      @Override
      public void onMessage(String message) {
        call.sendMessage(message);
        call.request(1);
      }

      @Override
      public void onHalfClose() {
        call.close(Status.OK, new Metadata());
      }
    };
  }

  int port() {
    return server.getPort();
  }

  static MethodDescriptor<String, String> method(MethodDescriptor.Marshaller<String> marshaller) {
    return MethodDescriptor.newBuilder(marshaller, marshaller)
        .setType(MethodType.BIDI_STREAMING)
        .setFullMethodName(METHOD)
        .build();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
