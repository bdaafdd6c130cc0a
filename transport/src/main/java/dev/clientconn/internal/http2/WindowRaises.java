// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import java.util.concurrent.TimeUnit;

/**
 * Bounds how often a peer may raise SETTINGS_INITIAL_WINDOW_SIZE: a frame of 15 bytes has every
 * open stream looked at (RFC 9113 section 10.5). Servers whose windows follow the path raise it a
 * dozen times in the life of a connection.
 */
@EventLoopConfined
final class WindowRaises {

  /** How many may come at once. */
  static final int BURST = 100;

  /** How long it takes until one more may come. */
  static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private boolean any;
  /** When the counted raises would be used up at one per interval (a token bucket). */
  private long dueNanos;

  /** Counts a raise. Returns false if there have been too many. */
  boolean allows(long nowNanos) {
    if (!any || dueNanos - nowNanos < 0) {
      any = true;
      dueNanos = nowNanos;
    }
    dueNanos += INTERVAL_NANOS;
    return dueNanos - nowNanos <= BURST * INTERVAL_NANOS;
  }
}
