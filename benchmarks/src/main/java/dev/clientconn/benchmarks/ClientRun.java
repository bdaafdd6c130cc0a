// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One client's warm-up and measured interval in this process. Any call that does not end OK fails the run. */
final class ClientRun {

  private static final Duration STEP = Duration.ofMillis(200);
  private static final Duration QUIET_SPAN = Duration.ofSeconds(1);
  private static final double QUIET_SHARE = 0.1;
  private static final Duration OPERATION_LIMIT = Duration.ofSeconds(10);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

  private final BenchmarkClient client;
  private final ServerLocation server;
  private final Workload workload;
  private final CallRecorder recorder;
  private final AllocationMeter allocation = new AllocationMeter();

  ClientRun(BenchmarkClient client, ServerLocation server, Workload workload) {
    this.client = client;
    this.server = server;
    this.workload = workload;
    this.recorder = new CallRecorder(workload.mode().virtual());
  }

  Measurement measure(Timing timing) throws Exception {
    ClosedLoop loop =
        new ClosedLoop(recorder, workload.inFlight(), workload.response().messages());
    Duration warmedUp;
    ProcessReading start;
    ProcessReading end;
    try (BenchmarkClient.Load load = client.open(server, workload, loop)) {
      load.start();
      awaitOperationAfter(0);
      warmedUp = warmUp(timing.warmUp(), timing.longestWarmUp());
      recorder.startTiming();
      start = ProcessReading.take(allocation, recorder);
      watch(timing.measured());
      awaitOperationAfter(start.operations());
      end = ProcessReading.take(allocation, recorder);
      recorder.stopTiming();
      loop.stop(STOP_LIMIT);
      throwFailure();
    }
    throwFailure();
    return end.since(start, warmedUp, recorder.latency());
  }

  /**
   * Before the warm-up: opening connections and idle streams, and loading classes, are no part of any interval. After the
   * interval: one in which nothing ended says nothing, and is drawn out.
   */
  private void awaitOperationAfter(long operations) throws InterruptedException {
    long start = System.nanoTime();
    while (recorder.operations() == operations) {
      if (System.nanoTime() - start > OPERATION_LIMIT.toNanos()) {
        throw new IllegalStateException("no operation ended within " + OPERATION_LIMIT);
      }
      Thread.sleep(1);
      throwFailure();
    }
  }

  /** At least {@code shortest}; then on, up to {@code longest}, until the compiler is quiet for a second. */
  private Duration warmUp(Duration shortest, Duration longest) throws InterruptedException {
    Duration spent = shortest.compareTo(QUIET_SPAN) < 0 ? shortest : shortest.minus(QUIET_SPAN);
    watch(spent);
    boolean quiet = false;
    while (!quiet && spent.plus(QUIET_SPAN).compareTo(longest) <= 0) {
      long compiling = CompilerMeter.cpuNanos();
      watch(QUIET_SPAN);
      spent = spent.plus(QUIET_SPAN);
      quiet = CompilerMeter.cpuNanos() - compiling < QUIET_SHARE * QUIET_SPAN.toNanos();
    }
    return spent;
  }

  /** Lets the calls run, and looks in now and then. */
  private void watch(Duration duration) throws InterruptedException {
    long end = System.nanoTime() + duration.toNanos();
    for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
      Thread.sleep(Math.min(STEP.toMillis(), left / 1_000_000 + 1));
      allocation.sample();
      throwFailure();
    }
  }

  private void throwFailure() {
    @Nullable Throwable failure = recorder.failure();
    if (failure != null) {
      throw new IllegalStateException("a call did not end OK", failure);
    }
  }
}
