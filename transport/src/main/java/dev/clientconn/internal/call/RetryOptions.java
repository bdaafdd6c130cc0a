// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.transport.ChannelDefaults;

/**
 * Holds the limits of a channel for the retry and hedging policies of its service configs.
 *
 * @param enabled whether the policies are followed
 * @param maxRetryAttempts the most attempts of a call with a retry policy, the first one included
 * @param maxHedgedAttempts the most attempts of a call with a hedging policy, the first one
 *     included
 * @param buffers of requests that are retained to be sent again
 */
public record RetryOptions(
    boolean enabled, int maxRetryAttempts, int maxHedgedAttempts, RetryBufferLimit.Limits buffers) {
  public static final RetryOptions DEFAULT = new RetryOptions(
      true,
      ChannelDefaults.MAX_ATTEMPTS,
      ChannelDefaults.MAX_ATTEMPTS,
      RetryBufferLimit.Limits.DEFAULT);

  /**
   * Returns {@link #DEFAULT} if this has its values, so that most channels share it. Compares the
   * values itself: linking {@code equals} of a record takes a fresh JVM some 30 ms.
   */
  public RetryOptions shared() {
    boolean usual = enabled
        && maxRetryAttempts == DEFAULT.maxRetryAttempts
        && maxHedgedAttempts == DEFAULT.maxHedgedAttempts
        && buffers.perCall() == DEFAULT.buffers.perCall()
        && buffers.perChannel() == DEFAULT.buffers.perChannel();
    return usual ? DEFAULT : this;
  }
}
