// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import org.jspecify.annotations.Nullable;

/**
 * How one client process ended; one of the three is there.
 *
 * @param measurement of a load or of set-ups
 * @param memory of a memory run
 * @param failure why there is neither
 */
record Outcome(
    @Nullable Measurement measurement,
    @Nullable MemoryMeasurement memory,
    @Nullable String failure) {

  private static final int CAUSES = 4;

  static Outcome of(Measurement measurement) {
    return new Outcome(measurement, null, null);
  }

  static Outcome of(MemoryMeasurement memory) {
    return new Outcome(null, memory, null);
  }

  static Outcome failed(Throwable failure) {
    StringBuilder reason = new StringBuilder(text(failure));
    Throwable cause = failure.getCause();
    for (int i = 0; i < CAUSES && cause != null; i++) {
      reason.append("; ").append(text(cause));
      cause = cause.getCause();
    }
    return new Outcome(null, null, reason.toString());
  }

  private static String text(Throwable failure) {
    return failure instanceof IllegalStateException && failure.getMessage() != null
        ? failure.getMessage()
        : failure.toString();
  }
}
