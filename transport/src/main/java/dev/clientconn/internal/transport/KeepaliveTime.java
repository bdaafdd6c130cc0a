// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import dev.clientconn.internal.concurrent.CrossesThreads;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Holds the keepalive time of a channel: how long a connection is idle before it pings. Each
 * connection reads it once, when it is created. When a server closes a connection with
 * GOAWAY(ENHANCE_YOUR_CALM, "too_many_pings"), the time is doubled for later connections (gRFC A8).
 * It never decreases.
 */
@CrossesThreads
public final class KeepaliveTime {

  private final long startNanos;
  private final AtomicLong nanos;

  public KeepaliveTime(Duration start) {
    startNanos = start.toNanos();
    nanos = new AtomicLong(startNanos);
  }

  public long nanos() {
    return nanos.get();
  }

  /**
   * Doubles the time after a server has sent "too_many_pings".
   *
   * @param usedNanos the time that the connection was created with
   */
  public void raiseAbove(long usedNanos) {
    // Several connections with the same time may get that GOAWAY: together they double it once.
    nanos.accumulateAndGet(2 * Math.min(usedNanos, Long.MAX_VALUE / 2), Math::max);
  }

  /** Two are equal if the application asked for the same time, whatever servers have raised. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KeepaliveTime time && time.startNanos == startNanos;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(startNanos);
  }

  @Override
  public String toString() {
    return Duration.ofNanos(nanos()).toString();
  }
}
