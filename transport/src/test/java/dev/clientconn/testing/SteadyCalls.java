// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.testing;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes unary calls at a steady rate while something else happens, whether earlier calls have ended
 * or not, and collects how they end. System property {@code steady.seconds} makes such a test
 * longer and {@code steady.callsPerSecond} makes it busier; profile {@code soak} sets both.
 */
public final class SteadyCalls {
  public static final int PER_SECOND = Integer.getInteger("steady.callsPerSecond", 200);
  public static final Duration TIME = Duration.ofSeconds(Integer.getInteger("steady.seconds", 2));

  private static final byte[] MESSAGE = {1, 2, 3};

  /**
   * Says how the calls ended.
   *
   * @param calls how many were made
   * @param failures statuses other than OK
   */
  public record Result(int calls, List<Status> failures) {}

  /** What happens meanwhile. */
  public interface Action {
    void run() throws Exception;
  }

  private final Channel channel;
  private final MethodDescriptor<byte[], byte[]> method;
  private final Queue<Status> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger calls = new AtomicInteger();
  private final Phaser open = new Phaser(1);

  public SteadyCalls(Channel channel, MethodDescriptor<byte[], byte[]> method) {
    this.channel = channel;
    this.method = method;
  }

  /** Runs the action, and returns after the last call has ended. */
  public Result during(Action action) throws Exception {
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    try {
      timer.scheduleAtFixedRate(
          this::call, 0, TimeUnit.SECONDS.toNanos(1) / PER_SECOND, TimeUnit.NANOSECONDS);
      action.run();
    } finally {
      timer.shutdown();
    }
    timer.awaitTermination(60, TimeUnit.SECONDS);
    open.awaitAdvanceInterruptibly(open.arrive(), 60, TimeUnit.SECONDS);
    return new Result(calls.get(), List.copyOf(failures));
  }

  /** Waits until so many calls have been made. */
  public void awaitCalls(int count) throws InterruptedException {
    while (calls.get() < count) {
      Thread.sleep(1);
    }
  }

  private void call() {
    calls.incrementAndGet();
    open.register();
    ClientCalls.asyncUnaryCall(
        channel.newCall(method, CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS)),
        MESSAGE,
        new StreamObserver<>() {
          @Override
          public void onNext(byte[] response) {}

          @Override
          public void onError(Throwable failure) {
            failures.add(Status.fromThrowable(failure));
            open.arriveAndDeregister();
          }

          @Override
          public void onCompleted() {
            open.arriveAndDeregister();
          }
        });
  }
}
