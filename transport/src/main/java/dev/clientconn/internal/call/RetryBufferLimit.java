// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.transport.ChannelDefaults;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits the bytes of sent requests that the calls of one channel buffer for a retry (gRFC A6,
 * "Memory Management (Buffering)"). A call that would exceed a limit releases what it has buffered:
 * it goes on, but is not retried.
 */
@CrossesThreads
public final class RetryBufferLimit {

  /**
   * The most that may be buffered, in bytes.
   *
   * @param perCall by one call, 1 MiB by default
   * @param perChannel by all calls of the channel, 16 MiB by default
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
   * Counts bytes of a call. The caller must {@link #release} them in any case.
   *
   * @param before bytes that are counted for the same call already
   * @return whether both limits hold
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
