// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.process;

import dev.clientconn.benchmarks.caller.CallRecorder;
import dev.clientconn.benchmarks.caller.ClosedLoop;
import dev.clientconn.benchmarks.client.BenchmarkClient;
import dev.clientconn.benchmarks.client.ServerLocation;
import dev.clientconn.benchmarks.report.Measurement;
import dev.clientconn.benchmarks.workload.Timing;
import dev.clientconn.benchmarks.workload.Workload;
import org.jspecify.annotations.Nullable;

/**
 * Runs one client's warm-up and measured interval in this process. A call that does not end OK
 * fails the run.
 */
final class LoadRun {

  private static final double STEP_SECONDS = 0.2;
  private static final double QUIET_SECONDS = 1;
  /** The share of an interval that the compiler of a warm client takes at most. */
  private static final double QUIET_SHARE = 0.1;

  private static final long OPERATION_LIMIT_SECONDS = 60;
  private static final long STOP_LIMIT_SECONDS = 60;
  private static final double NANOS = 1e9;

  private final BenchmarkClient client;
  private final ServerLocation server;
  private final Workload workload;
  private final CallRecorder recorder;
  private final ProcessMeter meter = new ProcessMeter();

  LoadRun(BenchmarkClient client, ServerLocation server, Workload workload) {
    this.client = client;
    this.server = server;
    this.workload = workload;
    this.recorder = new CallRecorder(workload.mode().virtual());
  }

  Measurement measure(Timing timing) throws Exception {
    ClosedLoop loop = new ClosedLoop(recorder, workload.inFlight());
    double warmedUp;
    ProcessMeter.Reading start;
    ProcessMeter.Reading end;
    try (BenchmarkClient.Load load = client.open(server, workload, loop)) {
      load.start();
      awaitOperationAfter(0);
      warmedUp = warmUp(timing.warmUp(), timing.longestWarmUp());
      recorder.startTiming();
      start = meter.read(recorder.operations());
      run(timing.measured());
      awaitOperationAfter(start.operations());
      end = meter.read(recorder.operations());
      recorder.stopTiming();
      loop.stop(STOP_LIMIT_SECONDS);
      throwFailure();
    }
    throwFailure();
    return end.since(start, warmedUp, recorder.latency());
  }

  /**
   * Waits for an operation. Before the warm-up, because opening connections and loading classes
   * belong to no interval; after the measured interval, because one without an operation measures
   * nothing and is extended.
   */
  private void awaitOperationAfter(long operations) throws InterruptedException {
    long start = System.nanoTime();
    while (recorder.operations() == operations) {
      if (System.nanoTime() - start > OPERATION_LIMIT_SECONDS * NANOS) {
        throw new IllegalStateException(
            "no operation ended within " + OPERATION_LIMIT_SECONDS + " s");
      }
      Thread.sleep(1);
      throwFailure();
    }
  }

  /**
   * Warms up for at least {@code shortest}, then up to {@code longest} until the compiler is quiet
   * for a second. Returns the seconds it took.
   */
  private double warmUp(double shortest, double longest) throws InterruptedException {
    double spent = shortest < QUIET_SECONDS ? shortest : shortest - QUIET_SECONDS;
    run(spent);
    boolean quiet = false;
    while (!quiet && spent + QUIET_SECONDS <= longest) {
      long compiling = ProcessMeter.compilerNanos();
      run(QUIET_SECONDS);
      spent += QUIET_SECONDS;
      quiet = ProcessMeter.compilerNanos() - compiling < QUIET_SHARE * QUIET_SECONDS * NANOS;
    }
    return spent;
  }

  /** Lets the callers run, and checks for failures now and then. */
  private void run(double seconds) throws InterruptedException {
    long nanos = Math.round(seconds * NANOS);
    long end = System.nanoTime() + nanos;
    for (long left = nanos; left > 0; left = end - System.nanoTime()) {
      Thread.sleep(Math.min(Math.round(STEP_SECONDS * 1_000), left / 1_000_000 + 1));
      meter.allocatedBytes();
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
