// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.call.CallEnvironment;
import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.concurrent.atomic.LongAdder;

/** Counts calls without a contended word: two striped counters, compared only when somebody asks. */
@CrossesThreads
final class CallCounter implements CallEnvironment.Lifecycle {
  private final LongAdder started = new LongAdder();
  private final LongAdder ended = new LongAdder();
  private final Runnable onCallEnded;
  private volatile boolean watched;

  /** Runs {@code onCallEnded} after each end of a call from {@link #watch} on. */
  CallCounter(Runnable onCallEnded) {
    this.onCallEnded = onCallEnded;
  }

  @Override
  public void callStarted() {
    started.increment();
  }

  @Override
  public void callEnded() {
    ended.increment();
    if (watched) {
      onCallEnded.run();
    }
  }

  void watch() {
    watched = true;
  }

  /** Whether there was a moment during this method at which no call was live. */
  boolean isQuiet() {
    // Read in this order: both only grow, so equal sums mean that nothing was live when the first
    // sum was complete.
    long endedBefore = ended.sum();
    return started.sum() == endedBefore;
  }

  /** Changes whenever a call has started. */
  long activity() {
    return started.sum();
  }
}
