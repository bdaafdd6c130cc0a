// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.clientconn.ClientConn;
import dev.clientconn.testing.ByteMethods;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Servers that say what they are told, and channels to them; all are ended after each test. */
final class Echo implements AfterEachCallback {

  private static final MethodDescriptor<byte[], byte[]> METHOD = ByteMethods.unary("test.Echo/Say");

  /** The authorities that calls came with. */
  final BlockingQueue<String> authorities = new LinkedBlockingQueue<>();

  private final List<ClientConn> conns = new CopyOnWriteArrayList<>();
  private final List<Server> servers = new ArrayList<>();

  Server serve(NettyServerBuilder builder) throws IOException {
    Server server = builder
        .addService(ServerServiceDefinition.builder("test.Echo")
            .addMethod(METHOD, ServerCalls.asyncUnaryCall((request, observer) -> {
              observer.onNext(request);
              observer.onCompleted();
            }))
            .build())
        .intercept(new ServerInterceptor() {
          @Override
          public <A, B> ServerCall.Listener<A> interceptCall(
              ServerCall<A, B> call, Metadata metadata, ServerCallHandler<A, B> next) {
            authorities.add(String.valueOf(call.getAuthority()));
            return next.startCall(call, metadata);
          }
        })
        .build()
        .start();
    servers.add(server);
    return server;
  }

  byte[] call(ClientConn conn, byte[] message) {
    conns.add(conn);
    return ClientCalls.blockingUnaryCall(
        conn, METHOD, CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS), message);
  }

  void works(ClientConn conn) {
    byte[] message = {1, 2, 3};
    assertThat(call(conn, message)).isEqualTo(message);
  }

  /** The description of the UNAVAILABLE that a call must end with. */
  String failure(ClientConn conn) {
    StatusRuntimeException failure =
        catchThrowableOfType(StatusRuntimeException.class, () -> call(conn, new byte[0]));
    assertThat(failure).as("the call's failure").isNotNull();
    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    return Objects.requireNonNull(failure.getStatus().getDescription());
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    for (ClientConn conn : conns) {
      conn.shutdownNow();
      assertThat(conn.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
    for (Server server : servers) {
      assertThat(server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
  }
}
