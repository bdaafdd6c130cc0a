// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.transport.ChannelDefaults;

/**
 * Holds the options about how long the connections of a channel are used.
 *
 * @param maxAgeNanos after how long a connection is replaced; 0 for never
 * @param graceNanos how long the calls of a replaced connection may continue
 */
public record ConnectionOptions(long maxAgeNanos, long graceNanos) {

  public static final ConnectionOptions DEFAULT =
      new ConnectionOptions(0, ChannelDefaults.CONNECTION_AGE_GRACE.toNanos());

  /**
   * Returns {@link #DEFAULT} if this has its values, so that most channels share it. Compares the
   * values itself: linking {@code equals} of a record takes a fresh JVM some 30 ms.
   */
  public ConnectionOptions shared() {
    boolean usual = maxAgeNanos == DEFAULT.maxAgeNanos && graceNanos == DEFAULT.graceNanos;
    return usual ? DEFAULT : this;
  }
}
