// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.flow;

import dev.clientconn.internal.threading.CrossesThreads;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that a call has written and the connection has not yet framed. The caller adds, the event loop subtracts; a
 * call is ready to write more while fewer than the threshold are queued. A single message may pass the threshold by any
 * amount.
 */
@CrossesThreads
public final class WriteQuota {

  private final int threshold;
  private final AtomicLong queued = new AtomicLong();

  public WriteQuota(int threshold) {
    this.threshold = threshold;
  }

  public void add(int bytes) {
    queued.addAndGet(bytes);
  }

  /** Returns whether this made the call ready again. */
  public boolean subtract(int bytes) {
    long after = queued.addAndGet(-bytes);
    return after < threshold && after + bytes >= threshold;
  }

  public boolean isReady() {
    return queued.get() < threshold;
  }
}
