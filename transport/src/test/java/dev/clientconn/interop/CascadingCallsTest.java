// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.clientconn.ClientConnBuilder;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that makes calls of its own in the {@link Context} of the call it serves, five deep. */
@Timeout(30)
class CascadingCallsTest {
  private static final int DEPTH = 5;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch deepest = new CountDownLatch(1);
  private final CountDownLatch cancelled = new CountDownLatch(DEPTH);
  private volatile @Nullable Status failure;
  private volatile @Nullable ManagedChannel channel;
  private @Nullable Server server;

  @BeforeEach
  void start() throws Exception {
    server = NettyServerBuilder.forPort(0)
        .executor(threads)
        .addService(ServerServiceDefinition.builder(RawMethods.SERVICE)
            .addMethod(RawMethods.UNARY, ServerCalls.asyncUnaryCall(this::serve))
            .build())
        .build()
        .start();
    channel = ClientConnBuilder.forAddress("localhost", server.getPort())
        .usePlaintext()
        .executor(threads)
        .build();
  }

  @AfterEach
  void end() throws Exception {
    channel().shutdownNow();
    Objects.requireNonNull(server).shutdownNow();
    assertThat(channel().awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    assertThat(Objects.requireNonNull(server).awaitTermination(10, TimeUnit.SECONDS))
        .isTrue();
    threads.shutdownNow();
  }

  @Test
  void cancellingTheFirstCallCancelsAllThatFollowFromIt() throws Exception {
    Context.CancellableContext context = Context.current().withCancellation();
    Future<StatusRuntimeException> first =
        threads.submit(context.wrap(() -> failureOfCall(CallOptions.DEFAULT)));
    deepest.await();

    context.cancel(null);

    assertThat(first.get().getStatus().getCode()).isEqualTo(Status.Code.CANCELLED);
    cancelled.await();
  }

  @Test
  void theDeadlineOfTheFirstCallEndsAllThatFollowFromIt() throws Exception {
    StatusRuntimeException first =
        failureOfCall(CallOptions.DEFAULT.withDeadline(Deadline.after(1, TimeUnit.SECONDS)));

    assertThat(first.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    deepest.await();
    cancelled.await();
  }

  @Test
  void theFailureOfTheLastCallReachesTheFirst() throws Exception {
    failure = Status.ALREADY_EXISTS.withDescription("at the end");

    StatusRuntimeException first = failureOfCall(CallOptions.DEFAULT);

    assertThat(first.getStatus().getCode()).isEqualTo(Status.Code.ALREADY_EXISTS);
    assertThat(first.getStatus().getDescription()).isEqualTo("at the end");
  }

  private StatusRuntimeException failureOfCall(CallOptions options) {
    return catchThrowableOfType(
        StatusRuntimeException.class,
        () -> ClientCalls.blockingUnaryCall(channel(), RawMethods.UNARY, options, new byte[] {1}));
  }

  /**
   * Makes the next call and passes its end on; the deepest fails, or waits for its cancellation.
   */
  private void serve(byte[] request, StreamObserver<byte[]> response) {
    Context.current().addListener(context -> cancelled.countDown(), Runnable::run);
    Status end = failure;
    if (request[0] < DEPTH) {
      try {
        byte[] next = {(byte) (request[0] + 1)};
        response.onNext(
            ClientCalls.blockingUnaryCall(channel(), RawMethods.UNARY, CallOptions.DEFAULT, next));
        response.onCompleted();
      } catch (StatusRuntimeException e) {
        response.onError(e);
      }
    } else if (end != null) {
      response.onError(end.asRuntimeException());
    } else {
      deepest.countDown();
    }
  }

  private ManagedChannel channel() {
    return Objects.requireNonNull(channel, "not started");
  }
}
