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
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
@Timeout(120)
class CascadingCallsTest {
  private static final int DEPTH = 5;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch deepest = new CountDownLatch(1);
  /** The chains of calls whose last call has been served. */
  private final Set<Byte> complete = ConcurrentHashMap.newKeySet();

  private final Map<Byte, CountDownLatch> cancelled = new ConcurrentHashMap<>();
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
    assertThat(channel().awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    assertThat(Objects.requireNonNull(server).awaitTermination(60, TimeUnit.SECONDS))
        .isTrue();
    threads.shutdownNow();
  }

  @Test
  void cancellingTheFirstCallCancelsAllThatFollowFromIt() throws Exception {
    Context.CancellableContext context = Context.current().withCancellation();
    Future<StatusRuntimeException> first =
        threads.submit(context.wrap(() -> failureOfCall(CallOptions.DEFAULT, 1)));
    deepest.await();

    context.cancel(null);

    assertThat(first.get().getStatus().getCode()).isEqualTo(Status.Code.CANCELLED);
    cancelled(1).await();
  }

  @Test
  void theDeadlineOfTheFirstCallEndsAllThatFollowFromIt() throws Exception {
    int chain = 0;
    do {
      chain++;
      // On a busy machine a second may pass before the last call is made.
      Deadline deadline = Deadline.after(1L << (chain - 1), TimeUnit.SECONDS);
      StatusRuntimeException first =
          failureOfCall(CallOptions.DEFAULT.withDeadline(deadline), chain);

      assertThat(first.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    } while (!complete.contains((byte) chain));
    cancelled(chain).await();
  }

  @Test
  void theFailureOfTheLastCallReachesTheFirst() throws Exception {
    failure = Status.ALREADY_EXISTS.withDescription("at the end");

    StatusRuntimeException first = failureOfCall(CallOptions.DEFAULT, 1);

    assertThat(first.getStatus().getCode()).isEqualTo(Status.Code.ALREADY_EXISTS);
    assertThat(first.getStatus().getDescription()).isEqualTo("at the end");
  }

  private StatusRuntimeException failureOfCall(CallOptions options, int chain) {
    byte[] request = {1, (byte) chain};
    return catchThrowableOfType(
        StatusRuntimeException.class,
        () -> ClientCalls.blockingUnaryCall(channel(), RawMethods.UNARY, options, request));
  }

  private CountDownLatch cancelled(int chain) {
    return cancelled.computeIfAbsent((byte) chain, each -> new CountDownLatch(DEPTH));
  }

  /**
   * Makes the next call and passes its end on; the deepest fails, or waits for its cancellation.
   */
  private void serve(byte[] request, StreamObserver<byte[]> response) {
    byte chain = request[1];
    Context.current().addListener(context -> cancelled(chain).countDown(), Runnable::run);
    Status end = failure;
    if (request[0] < DEPTH) {
      try {
        byte[] next = {(byte) (request[0] + 1), chain};
        response.onNext(
            ClientCalls.blockingUnaryCall(channel(), RawMethods.UNARY, CallOptions.DEFAULT, next));
        response.onCompleted();
      } catch (StatusRuntimeException e) {
        response.onError(e);
      }
    } else if (end != null) {
      response.onError(end.asRuntimeException());
    } else {
      complete.add(chain);
      deepest.countDown();
    }
  }

  private ManagedChannel channel() {
    return Objects.requireNonNull(channel, "not started");
  }
}
