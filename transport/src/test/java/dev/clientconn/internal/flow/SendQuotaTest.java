// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import org.junit.jupiter.api.Test;

class SendQuotaTest {

  private final SendQuota quota = new SendQuota();
  private final SendQuota.OfStream stream = new SendQuota.OfStream(quota);

  @Test
  void bothWindowsLimitAStream() {
    stream.consume(65_000);
    assertThat(stream.available()).isEqualTo(535);
    SendQuota.OfStream other = new SendQuota.OfStream(quota);

    assertThat(other.window()).isEqualTo(65_535);
    assertThat(other.available()).isEqualTo(535);
  }

  @Test
  void aChangedSettingChangesEveryStreamAndNotTheConnection() {
    SendQuota.OfStream other = new SendQuota.OfStream(quota);
    stream.consume(1000);

    quota.initialStreamWindow(500);

    assertThat(stream.window()).isEqualTo(-500);
    assertThat(stream.available()).isZero();
    assertThat(other.window()).isEqualTo(500);
    assertThat(quota.connection().available()).isEqualTo(64_535);
  }

  @Conforms("T117")
  @Test
  void creditAboveTheLargestWindowIsRefused() {
    assertThat(stream.tryIncrease(Window.MAX - Window.INITIAL)).isTrue();
    assertThat(stream.tryIncrease(1)).isFalse();

    assertThat(stream.window()).isEqualTo(Window.MAX);
    assertThat(stream.overflowed()).isFalse();
  }

  @Test
  void aLargerInitialWindowCanOverflowAStream() {
    assertThat(stream.tryIncrease(Window.MAX - Window.INITIAL)).isTrue();

    quota.initialStreamWindow(Window.INITIAL + 1);

    assertThat(stream.overflowed()).isTrue();
  }
}
