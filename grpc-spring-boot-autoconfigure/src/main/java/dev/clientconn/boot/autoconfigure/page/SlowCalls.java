// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.page;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.transport.CallReport;
import dev.clientconn.transport.CallReportListener;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Retains the slowest calls of a target that ended in the last five minutes. A call that is not
 * among them costs one reading of the clock and of a volatile field.
 */
@CrossesThreads
final class SlowCalls implements CallReportListener {

  /** How many calls are retained of each period, and returned in all. */
  static final int MAX = 20;

  private static final int PERIODS = 10;

  private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final Comparator<Ended> BY_DURATION =
      Comparator.comparingLong(ended -> ended.report().durationNanos());

  private final LongSupplier clock;

  /** The periods of the last minutes, the newest first; each has its shortest call on top. */
  private final Deque<PriorityQueue<Ended>> periods = new ArrayDeque<>();

  /** A call that is not longer is not among the slowest of the current period. */
  private volatile long threshold = -1;

  private volatile long periodEnd;

  /**
   * A call and when it ended.
   *
   * @param report where its time went
   * @param atNanos the reading of the clock
   */
  record Ended(CallReport report, long atNanos) {}

  /**
   * Creates an empty list.
   *
   * @param clock nanoseconds, as {@link System#nanoTime}
   */
  SlowCalls(LongSupplier clock) {
    this.clock = clock;
    this.periodEnd = clock.getAsLong() + PERIOD_NANOS;
    this.periods.addFirst(new PriorityQueue<>(BY_DURATION));
  }

  @Override
  public void callEnded(CallReport report) {
    long now = this.clock.getAsLong();
    if (report.durationNanos() > this.threshold || now - this.periodEnd >= 0) {
      add(new Ended(report, now));
    }
  }

  private synchronized void add(Ended ended) {
    startPeriods(ended.atNanos());
    PriorityQueue<Ended> current = this.periods.getFirst();
    current.add(ended);
    if (current.size() > MAX) {
      current.remove();
    }
    if (current.size() == MAX) {
      this.threshold = current.element().report().durationNanos();
    }
  }

  /** Starts the periods that have begun since the last call, and drops the oldest ones. */
  private void startPeriods(long now) {
    long end = this.periodEnd;
    for (int i = 0; i < PERIODS && now - end >= 0; i++) {
      this.periods.addFirst(new PriorityQueue<>(BY_DURATION));
      end += PERIOD_NANOS;
      this.threshold = -1;
    }
    this.periodEnd = now - end >= 0 ? now + PERIOD_NANOS : end;
    while (this.periods.size() > PERIODS) {
      this.periods.removeLast();
    }
  }

  /** Returns the slowest calls of the last minutes, the slowest first. */
  synchronized List<Ended> slowest() {
    startPeriods(this.clock.getAsLong());
    List<Ended> all = new ArrayList<>();
    this.periods.forEach(all::addAll);
    all.sort(BY_DURATION.reversed());
    return List.copyOf(all.subList(0, Math.min(MAX, all.size())));
  }
}
