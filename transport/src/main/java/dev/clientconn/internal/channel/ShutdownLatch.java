// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.threading.CrossesThreads;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** How far the channel's end has come, for those who ask or wait outside the sync context. */
@CrossesThreads
public final class ShutdownLatch {
  private final AtomicBoolean begun = new AtomicBoolean();
  private final AtomicBoolean begunNow = new AtomicBoolean();
  private final CountDownLatch terminated = new CountDownLatch(1);

  /** Returns whether this was the first. */
  public boolean begin() {
    return begun.compareAndSet(false, true);
  }

  /** Returns whether this was the first. */
  public boolean beginNow() {
    begun.set(true);
    return begunNow.compareAndSet(false, true);
  }

  public boolean isBegun() {
    return begun.get();
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
