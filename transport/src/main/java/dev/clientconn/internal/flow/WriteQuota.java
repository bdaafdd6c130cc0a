// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.flow;

import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * Counts the bytes that a call has written and the connection has not yet framed. The caller adds,
 * the event loop subtracts. A call is ready to write more while fewer bytes than the threshold are
 * queued; a single message may exceed it by any amount.
 */
@CrossesThreads
public final class WriteQuota {

  private static final AtomicLongFieldUpdater<WriteQuota> QUEUED =
      AtomicLongFieldUpdater.newUpdater(WriteQuota.class, "queued");

  private final int threshold;
  private volatile long queued;

  public WriteQuota(int threshold) {
    this.threshold = threshold;
  }

  public void add(int bytes) {
    QUEUED.addAndGet(this, bytes);
  }

  /** Subtracts framed bytes. Returns whether the call has become ready by this. */
  public boolean subtract(int bytes) {
    long after = QUEUED.addAndGet(this, -bytes);
    return after < threshold && after + bytes >= threshold;
  }

  /** Returns the bytes that are queued now. */
  public long queued() {
    return queued;
  }

  public boolean isReady() {
    return queued < threshold;
  }
}
