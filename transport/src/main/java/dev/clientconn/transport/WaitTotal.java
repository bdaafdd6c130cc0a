// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.transport;

/**
 * Describes how much all calls of a channel have waited for one cause since the channel was built.
 * Neither figure ever decreases.
 *
 * @param count how many waits have begun
 * @param nanos their time, nanoseconds; of waits that have not ended, the time so far
 */
public record WaitTotal(long count, long nanos) {

  /** No wait. */
  public static final WaitTotal NONE = new WaitTotal(0, 0);
}
