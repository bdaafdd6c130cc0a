// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.time.Duration;

/**
 * How long a run takes.
 *
 * @param warmUp how long calls run before they are measured, at least
 * @param longestWarmUp how long they do while the JIT compiler is still busy
 * @param measured the measured interval
 */
record Timing(Duration warmUp, Duration longestWarmUp, Duration measured) {

  Timing {
    if (warmUp.isNegative()
        || longestWarmUp.compareTo(warmUp) < 0
        || measured.isNegative()
        || measured.isZero()) {
      throw new IllegalArgumentException("times out of order: warm-up "
          + warmUp
          + ", at most "
          + longestWarmUp
          + ", measured "
          + measured);
    }
  }

  /**
   * For one call at a time: its latency is what waking a sleeping processor takes, and a compiler that is still busy keeps
   * the processors awake. So the colder client would look the faster one.
   */
  Timing patient() {
    return new Timing(warmUp, longestWarmUp.multipliedBy(3), measured);
  }

  /** What {@code warmup}, {@code max-warmup} and {@code measure} say, and this where they say nothing. */
  Timing overriddenBy(CommandLine line) {
    Duration shortest = line.seconds("warmup", seconds(warmUp));
    Duration longest = longestWarmUp.minus(warmUp).plus(shortest);
    return new Timing(
        shortest,
        line.seconds("max-warmup", seconds(longest)),
        line.seconds("measure", seconds(measured)));
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1_000.0;
  }

  Duration longest() {
    return longestWarmUp.plus(measured);
  }
}
