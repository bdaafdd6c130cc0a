// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerSettingTest {

  @Test
  void settingsAreReadAsTheyWereWritten() {
    List<ServerSetting> settings = List.of(
        new ServerSetting(CallKind.UNARY, 0, 1, 1, false, false, 0),
        new ServerSetting(CallKind.SERVER_STREAM, 2, 3, 1_000, true, false, 100),
        new ServerSetting(CallKind.PING_PONG, 1 << 20, 0, 1, true, true, 20));

    assertThat(ServerSetting.parseAll(ServerSetting.textOf(settings))).isEqualTo(settings);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"kind=nothing", "messages=0", "response=-1", "request=-1", "rtt=-1", "size=1"})
  void whatNoServerCanDoIsRefused(String text) {
    assertThatThrownBy(() -> ServerSetting.parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aCompressedResponseIsMarkedAndUnzipsToThePlainOne() throws Exception {
    byte[] plain = setting(false).responseMessage();
    byte[] zipped = setting(true).responseMessage();

    assertThat(zipped[0]).isEqualTo((byte) 1);
    assertThat(ByteBuffer.wrap(zipped).getInt(1)).isEqualTo(zipped.length - 5);
    ByteArrayInputStream body = new ByteArrayInputStream(zipped, 5, zipped.length - 5);
    assertThat(new GZIPInputStream(body).readAllBytes()).hasSize(plain.length - 5);
  }

  private static ServerSetting setting(boolean gzip) {
    return new ServerSetting(CallKind.UNARY, 0, 10_000, 1, gzip, false, 0);
  }
}
