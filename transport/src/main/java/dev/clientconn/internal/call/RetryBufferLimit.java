// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.transport.ChannelDefaults;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the bytes of requests that the calls of one channel keep, after they were sent, for a
 * transparent retry (gRFC A6: "Memory Management (Buffering)"). A call that would pass a limit
 * keeps nothing any more: it goes on, and is not retried.
 */
@CrossesThreads
public final class RetryBufferLimit {

  /**
   * How much may be kept.
   *
   * @param perCall bytes of one call
   * @param perChannel bytes of all calls of the channel
   */
  public record Limits(long perCall, long perChannel) {
    public static final Limits DEFAULT =
        new Limits(ChannelDefaults.PER_RPC_BUFFER_LIMIT, ChannelDefaults.RETRY_BUFFER_SIZE);
  }

  private final Limits limits;
  private final AtomicLong total = new AtomicLong();

  public RetryBufferLimit(Limits limits) {
    this.limits = limits;
  }

  /**
   * Counts more bytes of a call, to be released whatever is returned.
   *
   * @param before counted for the same call
   * @return whether they are within the limits
   */
  boolean add(long before, long bytes) {
    boolean fitsChannel = total.addAndGet(bytes) <= limits.perChannel();
    return fitsChannel && before + bytes <= limits.perCall();
  }

  void release(long bytes) {
    total.addAndGet(-bytes);
  }

  long total() {
    return total.get();
  }
}
