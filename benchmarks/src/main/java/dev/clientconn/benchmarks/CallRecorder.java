// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import dev.clientconn.internal.threading.CrossesThreads;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Counts ended calls and their latency, per thread, so that counting costs no contention. The first error is kept: a run
 * with an error is no measurement.
 */
@CrossesThreads
final class CallRecorder {

  private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final List<ThreadRecord> records = new CopyOnWriteArrayList<>();
  private final ThreadLocal<ThreadRecord> local = ThreadLocal.withInitial(this::register);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean timing;

  /** From now on latencies are kept; calls are counted always. */
  void startTiming() {
    timing = true;
  }

  void stopTiming() {
    timing = false;
  }

  void completed(long latencyNanos) {
    ThreadRecord thread = local.get();
    thread.calls.lazySet(thread.calls.getPlain() + 1);
    if (timing) {
      thread.latency.recordValue(Math.min(latencyNanos, HIGHEST_NANOS));
    }
  }

  void failed(Throwable cause) {
    failure.compareAndSet(null, cause);
  }

  @Nullable
  Throwable failure() {
    return failure.get();
  }

  long calls() {
    long sum = 0;
    for (ThreadRecord thread : records) {
      sum += thread.calls.get();
    }
    return sum;
  }

  /** All threads' latencies in one; only once no call is open. */
  Histogram latency() {
    Histogram all = newHistogram();
    for (ThreadRecord thread : records) {
      all.add(thread.latency);
    }
    return all;
  }

  private ThreadRecord register() {
    ThreadRecord thread = new ThreadRecord(new AtomicLong(), newHistogram());
    records.add(thread);
    return thread;
  }

  private static Histogram newHistogram() {
    return new Histogram(1_000, HIGHEST_NANOS, 3);
  }

  private record ThreadRecord(AtomicLong calls, Histogram latency) {}
}
