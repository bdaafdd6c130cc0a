// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.hpack;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HpackScanTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "88 be",
        "ff 80 01",
        "00 01 61 02 62 63",
        "04 02 2f 61 88",
        "0f 11 01 61",
        "1f 85 01 01 61 88",
        "10 81 1f 81 1f be",
      })
  void indexedFieldsAndLiteralsWithoutIndexingLeaveTheTableUnchanged(String block) {
    assertThat(leavesTable(block)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"40 01 61 01 62", "88 42 01 62", "00 01 61 01 62 41 00", "20", "88 3f 01"})
  void newEntriesAndSizeUpdatesChangeTheTable(String block) {
    assertThat(leavesTable(block)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00",
        "00 01",
        "00 02 61",
        "00 01 61",
        "00 01 61 03 62 63",
        "0f",
        "0f 80",
        "ff",
        "04 7f ff ff ff ff ff 7f",
        "04 7f ff ff ff ff 07 61",
      })
  void aTruncatedBlockIsNotTrusted(String block) {
    assertThat(leavesTable(block)).isFalse();
  }

  @Test
  void aLongStringIsSkipped() {
    String block = "00 01 61 7f 49" + " 40".repeat(200) + " 88";
    assertThat(leavesTable(block)).isTrue();
    assertThat(leavesTable(block + " 40 01 61 01 61")).isFalse();
  }

  @Test
  void aLengthOfSeveralBytesIsDecoded() {
    String block = "00 01 61 7f ad 01" + " 40".repeat(300);
    assertThat(leavesTable(block + " 88")).isTrue();
    assertThat(leavesTable(block + " 40 01 61 01 61")).isFalse();
    assertThat(leavesTable("00 01 61 7f ad 01" + " 40".repeat(299))).isFalse();
  }

  @Test
  void aLengthOfMoreBytesThanAnyStringNeedsIsNotTrusted() {
    String body = " 40".repeat(127);
    assertThat(leavesTable("00 01 61 7f 80 80 80 00" + body)).isTrue();
    assertThat(leavesTable("00 01 61 7f 80 80 80 80 00" + body)).isFalse();
  }

  private static boolean leavesTable(String hex) {
    byte[] bytes = HexFormat.of().parseHex(("dead" + hex + "40").replace(" ", ""));
    ByteBuf buf = Unpooled.wrappedBuffer(bytes);
    return HpackScan.leavesTableUnchanged(buf, 2, bytes.length - 3);
  }
}
