// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.threading.SyncContextConfined;
import io.grpc.SynchronizationContext.ScheduledHandle;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds out that the channel has had no call for its idle timeout. It looks four times per timeout instead of being told
 * of each call, so the channel goes idle between 1 and 1.25 timeouts after its last call.
 */
@SyncContextConfined
final class IdleManager {
  private static final int LOOKS_PER_TIMEOUT = 4;

  private final ChannelContext context;
  private final CallTracker calls;
  private final Runnable onIdle;
  private final long lookNanos;

  private @Nullable ScheduledHandle nextLook;
  private long seenActivity;
  private int quietLooks;

  IdleManager(ChannelContext context, CallTracker calls, Runnable onIdle) {
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
      nextLook.cancel();
      nextLook = null;
    }
  }

  private void scheduleLook() {
    nextLook =
        context.sync().schedule(this::look, lookNanos, TimeUnit.NANOSECONDS, context.timers());
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
