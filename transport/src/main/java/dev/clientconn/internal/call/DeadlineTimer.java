// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Watches the deadline of a call that waits for a stream; the transport takes over once it has one. */
@CrossesThreads
final class DeadlineTimer implements Runnable {
  private final CallAttempt attempt;
  private volatile @Nullable Future<?> pending;

  DeadlineTimer(CallAttempt attempt) {
    this.attempt = attempt;
  }

  void arm(ScheduledExecutorService timers, CallDeadline deadline) {
    long nanos = deadline.deadline().timeRemaining(TimeUnit.NANOSECONDS);
    pending = timers.schedule(this, nanos, TimeUnit.NANOSECONDS);
  }

  void disarm() {
    Future<?> timer = pending;
    if (timer != null) {
      timer.cancel(false);
    }
  }

  @Override
  public void run() {
    attempt.deadlinePassed();
  }
}
