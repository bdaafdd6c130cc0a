// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeoutCodecTest {

  @Conforms("T075")
  @ParameterizedTest
  @CsvSource({
    "1, 1n",
    "10, 10n",
    "99999999, 99999999n",
    "100000000, 100000u",
    "100000001, 100001u",
    "5000000000, 5000000u",
    "99999999000, 99999999u",
    "99999999001, 100000m",
    "99999999000000, 99999999m",
    "99999999000001, 100000S",
    "99999999000000000, 99999999S",
    "99999999000000001, 1666667M",
    "5999999940000000000, 99999999M",
    "5999999940000000001, 1666667H",
    "9223372036854775807, 2562048H",
  })
  void usesTheFinestUnitThatNeedsAtMostEightDigitsAndRoundsUp(long nanos, String expected) {
    assertThat(TimeoutCodec.encode(nanos).toString()).isEqualTo(expected);
  }

  @Conforms("T075")
  @ParameterizedTest
  @CsvSource({"0", "-1", "-9223372036854775808"})
  void neverWritesZeroOrLess(long nanos) {
    assertThat(TimeoutCodec.encode(nanos).toString()).isEqualTo("1n");
  }

  @Test
  void neverGivesTheServerLessTimeNorMuchMoreThanTheClientHas() {
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      long nanos = 1 + (random.nextLong() >>> (1 + random.nextInt(62)));
      if (nanos < 0) {
        continue;
      }
      String text = TimeoutCodec.encode(nanos).toString();
      long unit = unitNanos(text.charAt(text.length() - 1));
      long value = Long.parseLong(text.substring(0, text.length() - 1));
      assertThat(text.length()).as(text).isBetween(2, 9);
      // (value - 1) units are too few, value units are enough; computed without overflow.
      assertThat((value - 1) * unit).as("%s for %d", text, nanos).isLessThan(nanos);
      assertThat(value - 1).isGreaterThanOrEqualTo((nanos - 1) / unit);
    }
  }

  private static long unitNanos(char unit) {
    return switch (unit) {
      case 'n' -> 1;
      case 'u' -> 1_000;
      case 'm' -> 1_000_000;
      case 'S' -> 1_000_000_000L;
      case 'M' -> 60_000_000_000L;
      case 'H' -> 3_600_000_000_000L;
      default -> throw new AssertionError("unit " + unit);
    };
  }
}
