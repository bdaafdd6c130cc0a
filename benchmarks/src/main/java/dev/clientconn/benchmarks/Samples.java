// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.util.Arrays;
import java.util.Locale;

/** One figure of one client on one workload, a sample a fork. Immutable. */
final class Samples {

  private static final String NONE = "-";

  private final double[] sorted;

  Samples(double... values) {
    sorted = values.clone();
    Arrays.sort(sorted);
  }

  boolean none() {
    return sorted.length == 0;
  }

  /** The middle one, or the middle of the middle two; NaN when there is none. */
  double median() {
    if (none()) {
      return Double.NaN;
    }
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** Half the distance between the lowest and the highest; 0 for a single one. */
  double spread() {
    return none() ? 0 : (sorted[sorted.length - 1] - sorted[0]) / 2;
  }

  /** Whether this is more than {@code other} by more than either varies. */
  boolean above(Samples other) {
    return median() - other.median() > Math.max(spread(), other.spread());
  }

  double over(Samples other) {
    return median() / other.median();
  }

  /** The median, and the spread in percent of it where there are several and it is not 0. */
  String withSpread(String format) {
    return sorted.length < 2 || median() == 0
        ? plain(format)
        : plain(format)
            + String.format(Locale.ROOT, " ±%.0f%%", 100 * spread() / Math.abs(median()));
  }

  /** The median. */
  String plain(String format) {
    return none() ? NONE : String.format(Locale.ROOT, format, median());
  }

  /** The median over the other's, or a dash where one is missing. */
  String ratioTo(Samples other) {
    return none() || other.none() || other.median() == 0
        ? NONE
        : String.format(Locale.ROOT, "%.2f", over(other));
  }
}
