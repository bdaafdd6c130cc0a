// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.testing.ByteMethods;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Hedged calls to a grpc-java server whose first attempt gets no response. */
class HedgingInteropTest {
  private static final Metadata.Key<String> ATTEMPT =
      Metadata.Key.of("grpc-previous-rpc-attempts", Metadata.ASCII_STRING_MARSHALLER);
  private static final MethodDescriptor<byte[], byte[]> UNARY = ByteMethods.unary("test.Slow/Say");
  private static final MethodDescriptor<byte[], byte[]> UPLOAD = UNARY.toBuilder()
      .setFullMethodName("test.Slow/Upload")
      .setType(MethodType.CLIENT_STREAMING)
      .build();

  private final CountDownLatch firstCancelled = new CountDownLatch(1);

  private Server server;
  private ClientConn conn;

  @BeforeEach
  void start() throws Exception {
    server = NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .addService(ServerServiceDefinition.builder("test.Slow")
            .addMethod(UNARY, new SlowFirst())
            .addMethod(UPLOAD, new SlowFirst())
            .build())
        .build()
        .start();
    conn = ClientConnBuilder.forAddress("localhost", server.getPort())
        .usePlaintext()
        .defaultServiceConfig(Map.of(
            "methodConfig",
            List.of(Map.of(
                "name",
                List.of(Map.of("service", "test.Slow")),
                "hedgingPolicy",
                Map.of("maxAttempts", 2, "hedgingDelay", "0.05s")))))
        .build();
  }

  @AfterEach
  void stop() throws Exception {
    conn.shutdown();
    assertThat(conn.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    server.shutdown();
    assertThat(server.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
  }

  private static CallOptions options() {
    return CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  @Test
  void theSecondAttemptRespondsAndTheFirstIsCancelled() throws Exception {
    byte[] response =
        ClientCalls.blockingUnaryCall(conn, UNARY, options(), "hello".getBytes(UTF_8));

    assertThat(response).asString().isEqualTo("attempt 1: hello");
    assertThat(firstCancelled.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void bothAttemptsGetAllMessagesOfALargeUpload() throws Exception {
    CompletableFuture<byte[]> response = new CompletableFuture<>();
    StreamObserver<byte[]> upload =
        ClientCalls.asyncClientStreamingCall(conn.newCall(UPLOAD, options()), new Only(response));
    String large = "x".repeat(100_000);

    upload.onNext(large.getBytes(UTF_8));
    upload.onNext("a".getBytes(UTF_8));
    upload.onNext("b".getBytes(UTF_8));
    upload.onCompleted();

    assertThat(response.get(60, TimeUnit.SECONDS))
        .asString()
        .isEqualTo("attempt 1: " + large + "ab");
    assertThat(firstCancelled.await(60, TimeUnit.SECONDS)).isTrue();
  }

  /** Responds to all attempts of a call but the first, with what it has read. */
  private final class SlowFirst implements ServerCallHandler<byte[], byte[]> {
    @Override
    public ServerCall.Listener<byte[]> startCall(
        ServerCall<byte[], byte[]> call, Metadata headers) {
      String attempt = headers.get(ATTEMPT);
      call.request(10);
      return new ServerCall.Listener<>() {
        private final StringBuilder request = new StringBuilder();

        @Override
        public void onMessage(byte[] message) {
          request.append(new String(message, UTF_8));
        }

        @Override
        public void onHalfClose() {
          if (attempt != null) {
            call.sendHeaders(new Metadata());
            call.sendMessage(("attempt " + attempt + ": " + request).getBytes(UTF_8));
            call.close(Status.OK, new Metadata());
          }
        }

        @Override
        public void onCancel() {
          if (attempt == null) {
            firstCancelled.countDown();
          }
        }
      };
    }
  }

  private record Only(CompletableFuture<byte[]> response) implements StreamObserver<byte[]> {
    @Override
    public void onNext(byte[] value) {
      response.complete(value);
    }

    @Override
    public void onError(Throwable t) {
      response.completeExceptionally(t);
    }

    @Override
    public void onCompleted() {}
  }
}
