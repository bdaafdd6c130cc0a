// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.SyncContextConfined;
import io.grpc.SynchronizationContext.ScheduledHandle;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a channel looks its target up again: periodically, and when that is requested, but
 * not sooner after the last look-up than the minimum interval. One timer serves both.
 */
@SyncContextConfined
final class LookUpSchedule {
  /** Spreads the periods, so that clients which were started together do not ask together. */
  private static final double JITTER = 0.1;

  private final ChannelContext context;
  private final Runnable lookUp;
  private final ResolutionOptions options;
  private long lastNanos;
  private @Nullable ScheduledHandle timer;
  /** When the timer fires. */
  private long dueNanos;

  /** Runs {@code lookUp}, which must call {@link #lookedUp}, when a look-up is due. */
  LookUpSchedule(ChannelContext context, Runnable lookUp) {
    this.context = context;
    this.lookUp = lookUp;
    this.options = context.options().resolution();
  }

  /** A look-up has begun, for whatever reason: the period and the minimum interval begin anew. */
  void lookedUp() {
    stop();
    lastNanos = now();
    if (options.refreshNanos() > 0) {
      double spread = 1 + JITTER * (2 * context.random().getAsDouble() - 1);
      wakeAfter(Math.max((long) (options.refreshNanos() * spread), options.minIntervalNanos()));
    }
  }

  /** Looks up at once, or when the minimum interval has passed. */
  void request() {
    long wait = options.minIntervalNanos() - (now() - lastNanos);
    if (options.minIntervalNanos() == 0 || wait <= 0) {
      lookUp.run();
    } else if (timer == null || dueNanos - now() > wait) {
      wakeAfter(wait);
    }
  }

  void stop() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void wakeAfter(long delayNanos) {
    stop();
    dueNanos = now() + delayNanos;
    timer = context
        .sync()
        .schedule(
            () -> {
              timer = null;
              lookUp.run();
            },
            delayNanos,
            TimeUnit.NANOSECONDS,
            context.timers());
  }

  private long now() {
    return context.threads().nanoTime().getAsLong();
  }
}
