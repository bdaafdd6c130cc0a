// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Counts operations and keeps latencies, per thread, so that counting costs no contention; for
 * threads that come and go, all share one record. The first error is kept: a run with an error is
 * no measurement.
 */
@CrossesThreads
final class CallRecorder {

  private static final long LOWEST_NANOS = TimeUnit.MICROSECONDS.toNanos(1);
  private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final int DIGITS = 3;

  private final List<Slot> slots = new CopyOnWriteArrayList<>();
  private final ThreadLocal<Slot> local = ThreadLocal.withInitial(() -> register(newHistogram()));
  private final @Nullable Slot shared;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean timing;

  /**
   * @param shortThreads a thread lives no longer than a few calls, as virtual ones do
   */
  CallRecorder(boolean shortThreads) {
    this.shared =
        shortThreads ? register(new AtomicHistogram(LOWEST_NANOS, HIGHEST_NANOS, DIGITS)) : null;
  }

  /** From now on latencies are kept; operations are counted always. */
  void startTiming() {
    timing = true;
  }

  void stopTiming() {
    timing = false;
  }

  void operations(int number) {
    if (shared != null) {
      shared.operations.addAndGet(number);
      return;
    }
    AtomicLong own = local.get().operations;
    own.lazySet(own.getPlain() + number);
  }

  void latency(long nanos) {
    if (timing) {
      Slot slot = shared != null ? shared : local.get();
      slot.latency.recordValue(Math.min(nanos, HIGHEST_NANOS));
    }
  }

  void failed(Throwable cause) {
    failure.compareAndSet(null, cause);
  }

  @Nullable
  Throwable failure() {
    return failure.get();
  }

  long operations() {
    long sum = 0;
    for (Slot slot : slots) {
      sum += slot.operations.get();
    }
    return sum;
  }

  /** All threads' latencies in one; only once no call is open. */
  Histogram latency() {
    Histogram all = newHistogram();
    for (Slot slot : slots) {
      all.add(slot.latency);
    }
    return all;
  }

  private Slot register(Histogram latency) {
    Slot slot = new Slot(new AtomicLong(), latency);
    slots.add(slot);
    return slot;
  }

  private static Histogram newHistogram() {
    return new Histogram(LOWEST_NANOS, HIGHEST_NANOS, DIGITS);
  }

  private record Slot(AtomicLong operations, Histogram latency) {}
}
