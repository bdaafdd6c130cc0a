// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import dev.clientconn.internal.transport.TransportOptions.KeepaliveOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The builder's keepalive options (gRFC A8), clamped as grpc-java clamps them. */
final class KeepaliveSettings {
  private static final long NEVER_DAYS = 1000;
  private static final Duration MIN_TIME = Duration.ofSeconds(10);
  private static final Duration MIN_TIMEOUT = Duration.ofMillis(10);

  private @Nullable Duration time;
  private Duration timeout = Duration.ofSeconds(20);
  private boolean withoutCalls;

  void time(long value, TimeUnit unit) {
    checkPositive("keepAliveTime", value, unit);
    time = unit.toDays(value) >= NEVER_DAYS
        ? null
        : max(Duration.of(value, unit.toChronoUnit()), MIN_TIME);
  }

  void timeout(long value, TimeUnit unit) {
    checkPositive("keepAliveTimeout", value, unit);
    Duration wanted = Duration.ofNanos(unit.toNanos(value));
    timeout = max(wanted, MIN_TIMEOUT);
  }

  void withoutCalls(boolean enable) {
    withoutCalls = enable;
  }

  @Nullable
  KeepaliveOptions build() {
    return time == null ? null : new KeepaliveOptions(time, timeout, withoutCalls);
  }

  private static Duration max(Duration a, Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  private static void checkPositive(String option, long value, TimeUnit unit) {
    if (value <= 0) {
      throw new IllegalArgumentException(
          option + " must be positive, but is " + value + " " + unit);
    }
  }
}
