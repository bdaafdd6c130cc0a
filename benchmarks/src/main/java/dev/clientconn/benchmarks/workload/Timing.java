// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.workload;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * How long a run takes, in seconds.
 *
 * @param warmUp how long calls run at least before they are measured
 * @param longestWarmUp how long they run at most before they are measured, while the JIT compiler
 *     is busy
 * @param measured the measured interval
 */
public record Timing(double warmUp, double longestWarmUp, double measured) {

  public Timing {
    if (warmUp < 0 || longestWarmUp < warmUp || measured <= 0) {
      throw new IllegalArgumentException("times out of order: warm-up " + warmUp + " s, at most "
          + longestWarmUp + " s, measured " + measured + " s");
    }
  }

  /**
   * Triples the longest warm-up, for one call in flight. Its latency is mostly the time to wake a
   * sleeping processor, and a busy compiler keeps the processors awake, so a client that is not
   * warm would look faster.
   */
  public Timing patient() {
    return new Timing(warmUp, 3 * longestWarmUp, measured);
  }

  /** The same with the times that {@code options} names in place of its own. */
  public Timing overriddenBy(Options options) {
    double shortest = valueOr(options.warmUp, warmUp);
    double longest = longestWarmUp - warmUp + shortest;
    return new Timing(
        shortest, valueOr(options.longestWarmUp, longest), valueOr(options.measured, measured));
  }

  /** The longest time from the first call to the end of the measured interval. */
  public double longest() {
    return longestWarmUp + measured;
  }

  private static double valueOr(@Nullable Double value, double fallback) {
    return value == null ? fallback : value;
  }

  /** The times that a command line names; null for those it does not. */
  public static final class Options {

    @Option(
        names = "--warmup",
        paramLabel = "SECONDS",
        description = "Warm-up; default 5, in a suite and with --quick 3.")
    @Nullable
    Double warmUp;

    @Option(
        names = "--max-warmup",
        paramLabel = "SECONDS",
        description = "A warm-up continues up to this long while the JIT compiler is busy, three"
            + " times as long with one call in flight; default 2 s more than the warm-up.")
    @Nullable
    Double longestWarmUp;

    @Option(
        names = "--measure",
        paramLabel = "SECONDS",
        description = "Measured interval; default 5, in a suite 3, with --quick 2.")
    @Nullable
    Double measured;

    /** Whether it names no time. */
    public boolean empty() {
      return warmUp == null && longestWarmUp == null && measured == null;
    }
  }
}
