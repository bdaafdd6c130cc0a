// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.call.CallEnvironment;
import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts calls without contention: two striped counters, compared only on request, so that the hot
 * path writes no shared cache line.
 */
@CrossesThreads
final class CallCounter implements CallEnvironment.Lifecycle {
  private final LongAdder started = new LongAdder();
  private final LongAdder ended = new LongAdder();
  private final Runnable onCallEnded;
  private volatile boolean watched;

  /** Runs {@code onCallEnded} after each call that ends while it is watched. */
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

  void watch(boolean watch) {
    watched = watch;
  }

  /** Returns whether there was a moment during this method at which no call was active. */
  boolean isQuiet() {
    // Read in this order: both only grow, so equal sums mean that no call was active when the first
    // sum was complete.
    long endedBefore = ended.sum();
    return started.sum() == endedBefore;
  }

  /** A number that changes whenever a call starts. */
  long activity() {
    return started.sum();
  }
}
