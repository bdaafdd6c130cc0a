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

  Duration longest() {
    return longestWarmUp.plus(measured);
  }
}
