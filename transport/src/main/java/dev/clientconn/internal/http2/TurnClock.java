// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import io.netty.util.concurrent.Ticker;

/**
 * Reads the time at most once in a turn of the event loop: all that happens in a turn happens at
 * the same time. The times can be compared with those of other threads.
 */
@EventLoopConfined
final class TurnClock {
  private final Ticker ticker;
  private boolean known;
  private long now;

  TurnClock(Ticker ticker) {
    this.ticker = ticker;
  }

  /** The time of this turn, nanoseconds of {@link System#nanoTime}. */
  long now() {
    if (!known) {
      known = true;
      now = nanoTime(ticker);
    }
    return now;
  }

  /** Netty's own clock counts from another origin than the one that calls are measured with. */
  static long nanoTime(Ticker ticker) {
    return ticker == Ticker.systemTicker() ? System.nanoTime() : ticker.nanoTime();
  }

  void endTurn() {
    known = false;
  }
}
