// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.caller;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Counts operations and records latencies per thread, without contention; short-lived threads share
 * one record. Keeps the first failure, because a run with a failed call is no measurement.
 * Thread-safe.
 */
public final class CallRecorder {

  private static final long LOWEST_NANOS = TimeUnit.MICROSECONDS.toNanos(1);
  private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final int DIGITS = 3;

  private final List<Slot> slots = new CopyOnWriteArrayList<>();
  private final ThreadLocal<Slot> local = ThreadLocal.withInitial(() -> register(newHistogram()));
  private final @Nullable Slot shared;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean timing;

  /**
   * Creates an empty recorder.
   *
   * @param shortLivedThreads whether a thread ends after a few calls, as virtual ones do
   */
  public CallRecorder(boolean shortLivedThreads) {
    this.shared = shortLivedThreads
        ? register(new AtomicHistogram(LOWEST_NANOS, HIGHEST_NANOS, DIGITS))
        : null;
  }

  /** Records latencies from now on; operations are always counted. */
  public void startTiming() {
    timing = true;
  }

  public void stopTiming() {
    timing = false;
  }

  void operations(int number) {
    if (shared != null) {
      shared.operations.addAndGet(number);
      return;
    }
    AtomicLong counter = local.get().operations;
    counter.lazySet(counter.getPlain() + number);
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

  public @Nullable Throwable failure() {
    return failure.get();
  }

  public long operations() {
    long sum = 0;
    for (Slot slot : slots) {
      sum += slot.operations.get();
    }
    return sum;
  }

  /** The latencies of all threads; call it only when no call is open. */
  public Histogram latency() {
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
