// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs a task after a delay that a later one replaces. A task that has been replaced or stopped
 * does not run, even where its timer had expired already.
 */
@CrossesThreads
final class HedgeTimer {
  private final ScheduledExecutorService timers;
  private @Nullable Future<?> timer;
  /** Of the timer that counts. */
  private int number;

  HedgeTimer(ScheduledExecutorService timers) {
    this.timers = timers;
  }

  /** Replaces the delay. Returns false, and runs nothing, if the channel's timers have ended. */
  synchronized boolean start(long nanos, Runnable task) {
    stop();
    int own = number;
    try {
      timer = timers.schedule(() -> runIfCurrent(own, task), nanos, TimeUnit.NANOSECONDS);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  private void runIfCurrent(int own, Runnable task) {
    synchronized (this) {
      if (own != number) {
        return;
      }
      timer = null;
    }
    task.run();
  }

  synchronized void stop() {
    number++;
    Future<?> pending = timer;
    timer = null;
    if (pending != null) {
      pending.cancel(false);
    }
  }

  synchronized boolean isRunning() {
    return timer != null;
  }
}
