// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.transport;

/**
 * Describes how often something has happened since the channel was built, and how long that took
 * altogether. Neither figure ever decreases.
 *
 * @param count how often
 * @param nanos the sum of the durations, nanoseconds
 */
public record TimeTotal(long count, long nanos) {

  /** Nothing has happened. */
  public static final TimeTotal NONE = new TimeTotal(0, 0);

  /**
   * Adds two totals.
   *
   * @param other is added to this one
   * @return the sums of both figures
   */
  public TimeTotal plus(TimeTotal other) {
    return new TimeTotal(count + other.count, nanos + other.nanos);
  }
}
