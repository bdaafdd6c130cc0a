// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.transport.WaitCounters;
import dev.clientconn.transport.WaitCause;
import org.jspecify.annotations.Nullable;

/**
 * Measures what the streams of one queue wait for together. Its cause is a state of the connection,
 * which may change for thousands of streams at a time: each stream remembers the times of all
 * causes when it joined, and subtracts them when it leaves, so that a change costs the same for any
 * number of streams.
 */
@EventLoopConfined
final class SharedWait {
  private final WaitCounters totals;
  private final WaitCause first;
  private final WaitCause second;
  /** What is neither of the others; absent where one of the two always holds. */
  private final @Nullable WaitCause rest;

  private WaitCause cause;
  private long since;
  private long firstNanos;
  private long secondNanos;
  private int streams;

  SharedWait(WaitCounters totals, WaitCause first, WaitCause second, @Nullable WaitCause rest) {
    this.totals = totals;
    this.first = first;
    this.second = second;
    this.rest = rest;
    this.cause = rest == null ? second : rest;
  }

  WaitCause cause() {
    return cause;
  }

  boolean isEmpty() {
    return streams == 0;
  }

  /** The queue waits for this from now on. */
  void changeTo(WaitCause next, long now) {
    if (next != cause) {
      firstNanos = untilNow(first, firstNanos, now);
      secondNanos = untilNow(second, secondNanos, now);
      if (streams > 0) {
        totals.end(cause, streams, now);
        totals.begin(next, streams, now);
      }
      cause = next;
      since = now;
    }
  }

  private long untilNow(WaitCause of, long before, long now) {
    return cause == of ? before + now - since : before;
  }

  void join(StreamTimes times, long now) {
    times.shared = this;
    times.firstBefore = untilNow(first, firstNanos, now);
    times.secondBefore = untilNow(second, secondNanos, now);
    streams++;
    totals.begin(cause, 1, now);
  }

  /** Adds the time since the stream joined, at {@code joined}, to its causes. */
  void leave(StreamTimes times, long joined, long now) {
    times.shared = null;
    long ofFirst = untilNow(first, firstNanos, now) - times.firstBefore;
    long ofSecond = untilNow(second, secondNanos, now) - times.secondBefore;
    times.add(first, ofFirst);
    times.add(second, ofSecond);
    if (rest != null) {
      times.add(rest, now - joined - ofFirst - ofSecond);
    }
    streams--;
    totals.end(cause, 1, now);
  }
}
