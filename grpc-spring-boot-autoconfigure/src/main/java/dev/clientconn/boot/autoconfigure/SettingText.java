// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.springframework.util.unit.DataSize;

/** Formats values of settings as they are written in the configuration. */
final class SettingText {

  private static final String[] SIZES = {"B", "KB", "MB", "GB", "TB"};

  private static final int KIBI = 1024;

  private SettingText() {}

  /** Returns a boolean, number or text, or a list of them. */
  static Object of(Object value) {
    if (value instanceof Duration duration) {
      return duration(duration);
    }
    if (value instanceof DataSize size) {
      return size(size.toBytes());
    }
    if (value instanceof Enum<?> constant) {
      return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
    if (value instanceof Collection<?> elements) {
      return elements.stream().map(SettingText::of).toList();
    }
    return value instanceof Boolean || value instanceof Number ? value : value.toString();
  }

  /** Returns the duration in the largest unit in which it is a whole number. */
  private static String duration(Duration duration) {
    long nanos = TimeUnit.NANOSECONDS.convert(duration);
    if (nanos == 0) {
      return "0s";
    }
    Unit unit = Unit.NANOS;
    for (Unit each : Unit.values()) {
      unit = nanos % each.nanos == 0 ? each : unit;
    }
    return nanos / unit.nanos + unit.suffix;
  }

  private static String size(long bytes) {
    long left = bytes;
    int unit = 0;
    while (left != 0 && left % KIBI == 0 && unit < SIZES.length - 1) {
      left /= KIBI;
      unit++;
    }
    return left + SIZES[unit];
  }

  /** Units of durations in Boot's simple style. */
  private enum Unit {
    NANOS("ns", 1),
    MICROS("us", 1_000),
    MILLIS("ms", 1_000_000),
    SECONDS("s", 1_000_000_000),
    MINUTES("m", 60_000_000_000L),
    HOURS("h", 3_600_000_000_000L),
    DAYS("d", 86_400_000_000_000L);

    private final String suffix;

    private final long nanos;

    Unit(String suffix, long nanos) {
      this.suffix = suffix;
      this.nanos = nanos;
    }
  }
}
