// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.threading.CrossesThreads;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How far the channel's end has come, for those who ask or wait outside the sync context. */
@CrossesThreads
public final class ShutdownLatch {
  private volatile boolean begun;
  private boolean begunNow;
  private volatile boolean terminated;
  /** Of those who wait; made for the first of them. */
  private @Nullable CountDownLatch waiters;

  /** Returns whether this was the first. */
  public synchronized boolean begin() {
    boolean first = !begun;
    begun = true;
    return first;
  }

  /** Returns whether this was the first. */
  public synchronized boolean beginNow() {
    boolean first = !begunNow;
    begun = true;
    begunNow = true;
    return first;
  }

  public boolean isBegun() {
    return begun;
  }

  synchronized void terminate() {
    terminated = true;
    if (waiters != null) {
      waiters.countDown();
    }
  }

  public boolean isTerminated() {
    return terminated;
  }

  public boolean await(long timeout, TimeUnit unit) throws InterruptedException {
    return terminated || waiters().await(timeout, unit);
  }

  private synchronized CountDownLatch waiters() {
    if (waiters == null) {
      waiters = new CountDownLatch(terminated ? 0 : 1);
    }
    return waiters;
  }
}
