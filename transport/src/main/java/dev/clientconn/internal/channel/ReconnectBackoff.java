// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.SyncContextConfined;
import io.grpc.SynchronizationContext.ScheduledHandle;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Delays the attempts of a subchannel to connect. The delay grows with each failure in succession,
 * and includes the time that the failed attempt took.
 */
@SyncContextConfined
final class ReconnectBackoff {
  private final ChannelContext context;
  private final Runnable onEnd;
  private @Nullable ExponentialBackoff delays;
  private @Nullable ScheduledHandle timer;
  private long attemptStartNanos;

  /** Runs {@code onEnd} when a delay has passed. */
  ReconnectBackoff(ChannelContext context, Runnable onEnd) {
    this.context = context;
    this.onEnd = onEnd;
  }

  void attemptStarts() {
    attemptStartNanos = context.threads().nanoTime().getAsLong();
  }

  /** Begins the delay after an attempt that has failed. */
  void begin() {
    if (delays == null) {
      delays = context.newBackoff();
    }
    long spent = context.threads().nanoTime().getAsLong() - attemptStartNanos;
    long delay = Math.max(0, delays.nextNanos() - spent);
    timer = context.sync().schedule(this::ended, delay, TimeUnit.NANOSECONDS, context.timers());
  }

  private void ended() {
    timer = null;
    onEnd.run();
  }

  boolean isRunning() {
    return timer != null;
  }

  /** Ends the delay that runs, if any. */
  void cancel() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  /** Ends the delay that runs, and begins with the shortest after the next failure. */
  void reset() {
    cancel();
    delays = null;
  }
}
