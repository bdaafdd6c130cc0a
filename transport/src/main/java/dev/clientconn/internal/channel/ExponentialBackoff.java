// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * Computes the delays between attempts, as gRPC's connection backoff specifies: 1 s, then 1.6 times
 * the last, at most 120 s. Each is spread by 20 % either way, so that clients which lost a server
 * together do not reconnect together.
 */
final class ExponentialBackoff {
  private static final double BASE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final double MAX_NANOS = TimeUnit.SECONDS.toNanos(120);
  private static final double MULTIPLIER = 1.6;
  private static final double JITTER = 0.2;

  private final DoubleSupplier random;
  private double nextNanos = BASE_NANOS;

  /** Takes numbers in [0, 1) from {@code random}; 0.5 means no jitter. */
  ExponentialBackoff(DoubleSupplier random) {
    this.random = random;
  }

  long nextNanos() {
    double current = nextNanos;
    nextNanos = Math.min(current * MULTIPLIER, MAX_NANOS);
    return (long) (current * (1 + JITTER * (2 * random.getAsDouble() - 1)));
  }
}
