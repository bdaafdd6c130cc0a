// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.hpack;

import static dev.clientconn.internal.wire.HeaderFields.headers;
import static dev.clientconn.internal.wire.HeaderFields.list;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.wire.HeaderNames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HpackEncoderTest {

  private static final String[] NAMES = {
    ":method",
    ":scheme",
    ":path",
    ":authority",
    "user-agent",
    "te",
    "authorization",
    "accept-encoding",
    "grpc-timeout",
    "x-tenant",
    "x-trace",
    "via",
    "x-key-bin"
  };

  private static final String[] VALUES = {
    "", "POST", "http", "https", "/", "gzip, deflate", "trailers", "0", "acme"
  };

  /**
   * All large enough for every static field: Netty's encoder writes fields that do not fit as
   * literals.
   */
  private static final int[] SIZES = {0, 60, 100, 500, 4096};

  private final HpackEncoder encoder = new HpackEncoder(Set.of());
  private final DefaultHttp2HeadersEncoder netty =
      new DefaultHttp2HeadersEncoder((name, value) -> HeaderNames.isNeverIndexed(name), true);
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false, 1 << 20);
  private final Random random = new Random(7541);

  @AfterEach
  void close() {
    netty.close();
  }

  @Test
  void everyBlockEqualsThatOfNettysEncoder() throws Exception {
    for (int i = 0; i < 5_000; i++) {
      if (random.nextInt(50) == 0) {
        tableSize(SIZES[random.nextInt(SIZES.length)]);
      }
      sentLikeNetty(randomHeaders());
    }
  }

  @Test
  void aTableThatShrankAndGrewBetweenBlocksIsAnnouncedWithBothSizes() throws Exception {
    sentLikeNetty(headers("x-tenant", "acme"));
    encoder.maxTableSize(0);
    encoder.maxTableSize(4096);

    ByteBuf block = Unpooled.buffer();
    encoder.encode(headers("x-tenant", "acme"), block);

    assertThat(ByteBufUtil.hexDump(block, 0, 4)).isEqualTo("203fe11f");
    assertThat(list(decoder.decodeHeaders(1, block))).containsExactly("x-tenant: acme");
  }

  @Test
  void reportsWhetherABlockHasChangedTheTable() {
    ByteBuf out = Unpooled.buffer();

    assertThat(encoder.encode(headers(":method", "POST"), out)).isTrue();
    assertThat(encoder.encode(headers("x-tenant", "acme"), out)).isFalse();
    assertThat(encoder.encode(headers("x-tenant", "acme"), out)).isTrue();
    assertThat(encoder.encode(headers("authorization", "secret"), out)).isTrue();
    encoder.maxTableSize(100);
    assertThat(encoder.encode(headers(":method", "POST"), out)).isFalse();
  }

  @Test
  void configuredNamesAreNeverIndexed() throws Exception {
    HpackEncoder own = new HpackEncoder(Set.of("x-pin", "te"));
    Http2Headers sent = headers("x-pin", "1234", "te", "trailers", "x-pin-2", "1234");
    ByteBuf first = Unpooled.buffer();
    ByteBuf second = Unpooled.buffer();

    own.encode(sent, first);
    own.encode(sent, second);

    // Never indexed, with literal name and value.
    String pin = "10" + "05" + hex("x-pin") + "04" + hex("1234");
    String te = "10" + "02" + hex("te") + "08" + hex("trailers");
    assertThat(ByteBufUtil.hexDump(second)).isEqualTo(pin + te + "be");
    assertThat(list(decoder.decodeHeaders(1, first))).isEqualTo(list(sent));
    assertThat(list(decoder.decodeHeaders(1, second))).isEqualTo(list(sent));
  }

  private static String hex(String text) {
    return ByteBufUtil.hexDump(text.getBytes(StandardCharsets.US_ASCII));
  }

  @ParameterizedTest
  @ValueSource(ints = {126, 127, 128, 254, 255, 256, 511, 512, 513, 16_510, 16_511, 16_512})
  void lengthsAtTheLimitsOfAnIntegersBytesAreEncodedLikeNettys(int length) throws Exception {
    // Shorter in Huffman code, of equal length, and longer.
    for (String letter : new String[] {"a", "X", "\\"}) {
      sentLikeNetty(headers("x-l", letter.repeat(length)));
    }
  }

  @Test
  void everyByteSurvivesTheHuffmanCode() throws Exception {
    StringBuilder value = new StringBuilder();
    for (int i = 0; i < 600; i++) {
      value.append("aeiost0123");
    }
    for (char c = 1; c < 256; c++) {
      value.append(c);
    }

    assertThat(sentLikeNetty(headers("x-long", value.toString()))).isLessThan(5_000);
  }

  private void tableSize(int bytes) throws Exception {
    encoder.maxTableSize(bytes);
    netty.maxHeaderTableSize(bytes);
    decoder.maxHeaderTableSize(bytes);
  }

  private Http2Headers randomHeaders() {
    Http2Headers headers = new DefaultHttp2Headers(false);
    for (int i = random.nextInt(8); i >= 0; i--) {
      headers.add(NAMES[random.nextInt(NAMES.length)], randomValue());
    }
    return headers;
  }

  private String randomValue() {
    return switch (random.nextInt(5)) {
      case 0 -> "value " + random.nextInt(200);
      case 1 -> ("long " + random.nextInt(20)).repeat(random.nextInt(150));
      default -> VALUES[random.nextInt(VALUES.length)];
    };
  }

  /**
   * Encodes with both encoders, compares, and decodes as the peer does. Returns the length of the
   * block.
   */
  private int sentLikeNetty(Http2Headers headers) throws Exception {
    ByteBuf block = Unpooled.buffer();
    ByteBuf expected = Unpooled.buffer();
    encoder.encode(headers, block);
    netty.encodeHeaders(1, headers, expected);
    int length = block.readableBytes();
    assertThat(ByteBufUtil.hexDump(block)).isEqualTo(ByteBufUtil.hexDump(expected));
    assertThat(list(decoder.decodeHeaders(1, block)))
        .containsExactlyInAnyOrderElementsOf(list(headers));
    return length;
  }
}
