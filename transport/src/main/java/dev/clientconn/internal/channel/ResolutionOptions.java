// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

/**
 * Holds the options about when a channel resolves its target again.
 *
 * @param refreshNanos time between two periodic look-ups; 0 for none
 * @param minIntervalNanos least time between two look-ups that are not retries; 0 for none
 */
public record ResolutionOptions(long refreshNanos, long minIntervalNanos) {

  public static final ResolutionOptions DEFAULT = new ResolutionOptions(0, 0);

  /** Returns {@link #DEFAULT} if this has its values, see {@link ConnectionOptions#shared}. */
  public ResolutionOptions shared() {
    boolean usual =
        refreshNanos == DEFAULT.refreshNanos && minIntervalNanos == DEFAULT.minIntervalNanos;
    return usual ? DEFAULT : this;
  }
}
