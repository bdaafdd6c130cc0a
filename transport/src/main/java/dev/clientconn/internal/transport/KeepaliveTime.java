// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import dev.clientconn.internal.concurrent.CrossesThreads;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The quiet time after which the connections of one channel ping. Each connection reads it once, when it is made; one
 * that a server has told off raises it for those to come (gRFC A8). It never falls.
 */
@CrossesThreads
public final class KeepaliveTime {

  private final AtomicLong nanos;

  public KeepaliveTime(Duration start) {
    nanos = new AtomicLong(start.toNanos());
  }

  public long nanos() {
    return nanos.get();
  }

  /**
   * A server has called pings after so long a time too many.
   *
   * @param usedNanos what the connection in question was made with
   */
  public void raiseAbove(long usedNanos) {
    // Connections made with the same time may all be told off: together they double it once.
    nanos.accumulateAndGet(2 * Math.min(usedNanos, Long.MAX_VALUE / 2), Math::max);
  }

  @Override
  public String toString() {
    return Duration.ofNanos(nanos()).toString();
  }
}
