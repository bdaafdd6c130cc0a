// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.SyncContextConfined;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Detects that the channel has had no call for its idle timeout. It checks four times per timeout,
 * so that calls need not notify it; the channel goes idle between 1 and 1.25 timeouts after its
 * last call.
 */
@SyncContextConfined
final class IdleManager implements Runnable {
  private static final int CHECKS_PER_TIMEOUT = 4;

  private final ChannelContext context;
  private final CallCounter calls;
  private final Runnable onIdle;
  private final long checkNanos;

  private @Nullable ScheduledFuture<?> nextCheck;
  private long nextCheckAt;
  private long seenActivity;
  private int quietChecks;

  IdleManager(ChannelContext context, CallCounter calls, Runnable onIdle) {
    this.context = context;
    this.calls = calls;
    this.onIdle = onIdle;
    this.checkNanos = context.options().idleTimeoutNanos() / CHECKS_PER_TIMEOUT;
  }

  /** Starts the timeout anew. */
  void arm() {
    disarm();
    if (checkNanos > 0) {
      quietChecks = 0;
      seenActivity = calls.activity();
      scheduleCheck();
    }
  }

  void disarm() {
    if (nextCheck != null) {
      nextCheck.cancel(false);
      nextCheck = null;
    }
  }

  private void scheduleCheck() {
    nextCheckAt = now() + checkNanos;
    nextCheck = context.timers().schedule(this, checkNanos, TimeUnit.NANOSECONDS);
  }

  /**
   * Runs when the timer fires. This is the timer's task itself: every channel has one scheduled.
   */
  @Override
  public void run() {
    context.sync().execute(() -> {
      // It may have been disarmed, and armed anew, before the sync context ran this.
      if (nextCheck != null && now() - nextCheckAt >= 0) {
        check();
      }
    });
  }

  private long now() {
    return context.threads().nanoTime().getAsLong();
  }

  private void check() {
    long activity = calls.activity();
    // A call that starts and ends between two checks is seen by its start.
    boolean quiet = calls.isQuiet() && activity == seenActivity;
    seenActivity = activity;
    quietChecks = quiet ? quietChecks + 1 : 0;
    if (quietChecks == CHECKS_PER_TIMEOUT) {
      nextCheck = null;
      onIdle.run();
    } else {
      scheduleCheck();
    }
  }
}
