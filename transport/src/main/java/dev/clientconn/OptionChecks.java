// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import dev.clientconn.internal.wire.HeaderText;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Refuses option values that cannot work, naming the option. */
final class OptionChecks {

  private static final String AUTHORITY_MARKS = "_.~!$&'()*+,;=:%[]-";

  private OptionChecks() {}

  static int atLeast(int min, int value, String option, String range) {
    return inRange(min, Integer.MAX_VALUE, value, option, range);
  }

  static int inRange(int min, int max, int value, String option, String range) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(option + " must be " + range + ", but is " + value);
    }
    return value;
  }

  static long positive(long value, String option) {
    if (value <= 0) {
      throw new IllegalArgumentException(option + " must be positive, but is " + value);
    }
    return value;
  }

  /** The time as a duration; centuries are cut to the longest time that nanoseconds can count. */
  static Duration positive(long value, TimeUnit unit, String option) {
    if (value <= 0) {
      throw new IllegalArgumentException(
          option + " must be positive, but is " + value + " " + unit);
    }
    return Duration.ofNanos(unit.toNanos(value));
  }

  static Duration positive(Duration value, String option) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(option + " must be positive, but is " + value);
    }
    return value;
  }

  /** Centuries are cut to the longest time that nanoseconds can count. */
  static long nanos(Duration value) {
    return TimeUnit.NANOSECONDS.convert(value);
  }

  static Duration max(Duration a, Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  /** RFC 3986 section 3.2 without user information, which RFC 9113 section 8.3.1 forbids. */
  static String authority(String text) {
    boolean valid = !text.isEmpty();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      valid &= c < 0x7f && (Character.isLetterOrDigit(c) || AUTHORITY_MARKS.indexOf(c) >= 0);
    }
    if (!valid) {
      throw new IllegalArgumentException(
          "overrideAuthority must be host or host:port in ASCII, without 'user@', but is '"
              + text
              + "'");
    }
    return text;
  }

  /**
   * Refuses a text that has a problem.
   *
   * @param problem what is wrong with it, {@code null} for nothing
   * @param subject of the sentence that the problem completes
   */
  static void noProblem(@Nullable String problem, String subject) {
    if (problem != null) {
      throw new IllegalArgumentException(subject + problem);
    }
  }

  /** The value of {@code grpc-accept-encoding}. A single name, the usual case, is not copied. */
  static @Nullable String encodings(Set<String> encodings) {
    String joined = null;
    for (String encoding : encodings) {
      noProblem(
          HeaderText.problemOfName(encoding),
          "decompressorRegistry: the encoding '" + encoding + "' ");
      joined = joined == null ? encoding : joined + "," + encoding;
    }
    return joined;
  }
}
