// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExponentialBackoffTest {

  @Test
  void growsBySixTenthsUpToTwoMinutes() {
    ExponentialBackoff backoff = new ExponentialBackoff(() -> 0.5);

    assertThat(IntStream.range(0, 4).mapToObj(i -> Duration.ofNanos(backoff.nextNanos())))
        .containsExactly(
            Duration.ofSeconds(1),
            Duration.ofMillis(1600),
            Duration.ofMillis(2560),
            Duration.ofMillis(4096));
    IntStream.range(0, 20).forEach(i -> backoff.nextNanos());
    assertThat(Duration.ofNanos(backoff.nextNanos())).isEqualTo(Duration.ofMinutes(2));
  }

  @Test
  void jitterSpreadsEachDelayByTwentyPercentEitherWay() {
    assertThat(Duration.ofNanos(new ExponentialBackoff(() -> 0.0).nextNanos()))
        .isEqualTo(Duration.ofMillis(800));
    assertThat(Duration.ofNanos(new ExponentialBackoff(() -> 0.999999).nextNanos()))
        .isBetween(Duration.ofMillis(1199), Duration.ofMillis(1200));
  }
}
