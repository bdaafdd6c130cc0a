// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
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

/**
 * Starts grpc-java servers that return each request, and calls them. After each test it ends the
 * servers and the channels, and checks that they terminate.
 */
public class EchoServers implements AfterEachCallback {

  public static final MethodDescriptor<byte[], byte[]> METHOD = ByteMethods.unary("test.Echo/Say");

  /** The calls that reached a server. */
  public final BlockingQueue<ServerCall<?, ?>> served = new LinkedBlockingQueue<>();

  /** Their headers. */
  public final BlockingQueue<Metadata> headers = new LinkedBlockingQueue<>();

  private final List<ClientConn> conns = new CopyOnWriteArrayList<>();
  private final List<Server> servers = new ArrayList<>();

  /** Lists the authorities of the calls that reached a server. */
  public List<String> authorities() {
    return served.stream().map(call -> String.valueOf(call.getAuthority())).toList();
  }

  public Server serve(NettyServerBuilder builder) throws IOException {
    Server server = builder
        .addService(ServerServiceDefinition.builder("test.Echo")
            .addMethod(METHOD, ServerCalls.asyncUnaryCall((request, observer) -> {
              observer.onNext(request);
              observer.onCompleted();
            }))
            .build())
        .intercept(new Recorder())
        .build()
        .start();
    servers.add(server);
    return server;
  }

  public byte[] call(ClientConn conn, byte[] message) {
    return call(conn, message, CallOptions.DEFAULT);
  }

  private byte[] call(ClientConn conn, byte[] message, CallOptions options) {
    conns.add(conn);
    return ClientCalls.blockingUnaryCall(
        conn, METHOD, options.withDeadlineAfter(30, TimeUnit.SECONDS), message);
  }

  /** Makes a call that must succeed. */
  public void works(ClientConn conn) {
    works(conn, CallOptions.DEFAULT);
  }

  public void works(ClientConn conn, CallOptions options) {
    byte[] message = {1, 2, 3};
    assertThat(call(conn, message, options)).isEqualTo(message);
  }

  public void works(ClientConnBuilder builder) {
    works(builder, CallOptions.DEFAULT);
  }

  public void works(ClientConnBuilder builder, CallOptions options) {
    works(builder.build(), options);
  }

  /** Makes a call that must end with UNAVAILABLE, and gives the description. */
  public String failure(ClientConn conn) {
    return failure(conn, CallOptions.DEFAULT);
  }

  public String failure(ClientConnBuilder builder) {
    return failure(builder, CallOptions.DEFAULT);
  }

  public String failure(ClientConnBuilder builder, CallOptions options) {
    return failure(builder.build(), options);
  }

  private String failure(ClientConn conn, CallOptions options) {
    StatusRuntimeException failure =
        catchThrowableOfType(StatusRuntimeException.class, () -> call(conn, new byte[0], options));
    assertThat(failure).as("the call's failure").isNotNull();
    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    return Objects.requireNonNull(failure.getStatus().getDescription());
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    for (ClientConn conn : conns) {
      conn.shutdownNow();
      assertThat(conn.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }
    for (Server server : servers) {
      assertThat(server.shutdownNow().awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  private final class Recorder implements ServerInterceptor {
    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata metadata, ServerCallHandler<A, B> next) {
      served.add(call);
      headers.add(metadata);
      return next.startCall(call, metadata);
    }
  }
}
