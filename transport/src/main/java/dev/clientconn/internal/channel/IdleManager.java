// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.SyncContextConfined;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds out that the channel has had no call for its idle timeout. It looks four times per timeout instead of being told
 * of each call, so the channel goes idle between 1 and 1.25 timeouts after its last call.
 */
@SyncContextConfined
final class IdleManager implements Runnable {
  private static final int LOOKS_PER_TIMEOUT = 4;

  private final ChannelContext context;
  private final CallCounter calls;
  private final Runnable onIdle;
  private final long lookNanos;

  private @Nullable ScheduledFuture<?> nextLook;
  private long nextLookAt;
  private long seenActivity;
  private int quietLooks;

  IdleManager(ChannelContext context, CallCounter calls, Runnable onIdle) {
    this.context = context;
    this.calls = calls;
    this.onIdle = onIdle;
    this.lookNanos = context.options().idleTimeoutNanos() / LOOKS_PER_TIMEOUT;
  }

  /** The channel is in use from now on. */
  void arm() {
    disarm();
    if (lookNanos > 0) {
      quietLooks = 0;
      seenActivity = calls.activity();
      scheduleLook();
    }
  }

  void disarm() {
    if (nextLook != null) {
      nextLook.cancel(false);
      nextLook = null;
    }
  }

  private void scheduleLook() {
    nextLookAt = now() + lookNanos;
    nextLook = context.timers().schedule(this, lookNanos, TimeUnit.NANOSECONDS);
  }

  /** The timer; every channel has one running, so it is no more than that. */
  @Override
  public void run() {
    context.sync().execute(() -> {
      // It may have been disarmed, and armed anew, on the way here.
      if (nextLook != null && now() - nextLookAt >= 0) {
        look();
      }
    });
  }

  private long now() {
    return context.threads().nanoTime().getAsLong();
  }

  private void look() {
    long activity = calls.activity();
    // A call that ends between two looks counts until the second of them.
    boolean quiet = calls.isQuiet() && activity == seenActivity;
    seenActivity = activity;
    quietLooks = quiet ? quietLooks + 1 : 0;
    if (quietLooks == LOOKS_PER_TIMEOUT) {
      nextLook = null;
      onIdle.run();
    } else {
      scheduleLook();
    }
  }
}
