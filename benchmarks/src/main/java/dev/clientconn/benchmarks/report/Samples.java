// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.report;

import java.util.Arrays;
import java.util.Locale;

/**
 * The values of one metric, one for each fork, with their median, spread and ratio. Immutable.
 */
public final class Samples {

  private static final String NONE = "-";

  private final double[] sorted;

  public Samples(double... values) {
    sorted = values.clone();
    Arrays.sort(sorted);
  }

  boolean none() {
    return sorted.length == 0;
  }

  /** The middle value, or the mean of the middle two; NaN when there is none. */
  double median() {
    if (none()) {
      return Double.NaN;
    }
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** Half the difference between the highest and the lowest value. */
  double spread() {
    return none() ? 0 : (sorted[sorted.length - 1] - sorted[0]) / 2;
  }

  /** Whether the median exceeds the other's by more than either spread. */
  boolean above(Samples other) {
    return median() - other.median() > Math.max(spread(), other.spread());
  }

  /** The median divided by the other's. */
  double over(Samples other) {
    return median() / other.median();
  }

  /** Formats the median, and the spread in percent of it where there are several values. */
  public String withSpread(String format) {
    return sorted.length < 2 || median() == 0
        ? plain(format)
        : plain(format)
            + String.format(Locale.ROOT, " ±%.0f%%", 100 * spread() / Math.abs(median()));
  }

  /** Formats the median. */
  String plain(String format) {
    return none() ? NONE : String.format(Locale.ROOT, format, median());
  }

  /** Formats {@link #over}; a dash where a median is missing. */
  public String ratioTo(Samples other) {
    return none() || other.none() || other.median() == 0
        ? NONE
        : String.format(Locale.ROOT, "%.2f", over(other));
  }
}
