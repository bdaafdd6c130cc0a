// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.threading.CrossesThreads;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How far the channel's end has come, for those who ask or wait outside the sync context. */
@CrossesThreads
public final class ShutdownLatch {
  private final CountDownLatch terminated = new CountDownLatch(1);
  private volatile boolean begun;
  private boolean begunNow;

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

  void terminate() {
    terminated.countDown();
  }

  public boolean isTerminated() {
    return terminated.getCount() == 0;
  }

  public boolean await(long timeout, TimeUnit unit) throws InterruptedException {
    return terminated.await(timeout, unit);
  }
}
