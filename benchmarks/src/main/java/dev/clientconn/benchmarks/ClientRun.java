// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One client's warm-up and measured interval in this process. Any call that does not end OK fails the run. */
final class ClientRun {

  private static final Duration STEP = Duration.ofMillis(200);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

  private final BenchmarkClient client;
  private final InetSocketAddress server;
  private final Workload workload;
  private final CallRecorder recorder = new CallRecorder();
  private final AllocationMeter allocation = new AllocationMeter();

  ClientRun(BenchmarkClient client, InetSocketAddress server, Workload workload) {
    this.client = client;
    this.server = server;
    this.workload = workload;
  }

  Measurement measure(Duration warmUp, Duration interval) throws Exception {
    ClosedLoop loop = new ClosedLoop(recorder, workload.inFlight());
    ProcessReading start;
    ProcessReading end;
    try (BenchmarkClient.Load load = client.open(server, workload, loop)) {
      load.start();
      watch(warmUp);
      recorder.startTiming();
      start = ProcessReading.take(allocation, recorder);
      watch(interval);
      end = ProcessReading.take(allocation, recorder);
      recorder.stopTiming();
      loop.stop(STOP_LIMIT);
      throwFailure();
    }
    throwFailure();
    return end.since(start, recorder.latency());
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
