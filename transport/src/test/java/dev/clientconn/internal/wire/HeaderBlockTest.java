// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.conformance.Conforms;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Exception.StreamException;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HeaderBlockTest {

  private final HeaderBlock block = new HeaderBlock();
  private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
  private final DefaultHttp2HeadersDecoder decoder =
      new DefaultHttp2HeadersDecoder(true, 64 * 1024) {
        @Override
        protected Http2Headers newHeaders() {
          return block.clear();
        }
      };

  @Test
  void storesWhatTheDecoderDeliversBlockAfterBlock() throws Exception {
    Random random = new Random(3);
    for (int round = 0; round < 200; round++) {
      List<String> sent = new ArrayList<>(List.of(":status", "200"));
      for (int i = random.nextInt(60); i > 0; i--) {
        sent.add("name-" + random.nextInt(40));
        sent.add(random.nextBoolean() ? "v" + random.nextInt(5) : "x".repeat(random.nextInt(700)));
      }

      roundTrip(sent.toArray(String[]::new));

      assertThat(fields()).isEqualTo(sent);
    }
  }

  @Test
  void cachedBlocksShareCommonInstancesAndStayEqual() throws Exception {
    HeaderBlock other = MetadataCodecTest.block("grpc-status", "0", "x-own", "value");
    other.useCommonInstances();
    roundTrip("grpc-status", "0", "x-own", "value");
    block.useCommonInstances();

    assertThat(fields()).containsExactly("grpc-status", "0", "x-own", "value");
    assertThat(block.name(0)).isSameAs(other.name(0));
    assertThat(block.value(0)).isSameAs(other.value(0));
  }

  @Test
  void noFieldOfALongBlockIsInTheNext() throws Exception {
    roundTrip(":status", "200", "a", "1", "b", "2");
    roundTrip("grpc-status", "0");

    assertThat(block.count()).isEqualTo(1);
    assertThat(block.find(AsciiString.of("a"))).isNull();
    assertThat(block.status()).isNull();
  }

  @Test
  void findsTheFirstAndTheLastFieldOfAName() throws Exception {
    roundTrip(":status", "200", "x-a", "1", "x-a", "2", "x-ab", "3");

    assertThat(block.find(AsciiString.of("x-a"))).hasToString("1");
    assertThat(block.find(AsciiString.of("x-"))).isNull();
    assertThat(block.find(AsciiString.of("X-A"))).isNull();
    assertThat(block.findLast(AsciiString.of("x-a"))).hasToString("2");
    assertThat(block.findLast(AsciiString.of("x-"))).isNull();
    assertThat(block.findLast(AsciiString.of(":status"))).hasToString("200");
  }

  @Test
  void supportsTheMethodsThatReadersCall() throws Exception {
    roundTrip(":status", "200", "x-a", "1");

    assertThat(block.size()).isEqualTo(2);
    assertThat(block.isEmpty()).isFalse();
    assertThat(block.status()).hasToString("200");
    assertThat(block.get("x-a")).hasToString("1");
    assertThat(block.contains("x-a")).isTrue();
    assertThat(block.contains("x-b")).isFalse();
    assertThat(block.toString()).contains("x-a: 1");
    assertThat(block.clear().isEmpty()).isTrue();
  }

  static List<List<String>> malformed() {
    return List.of(
        List.of(":status", "200", "Upper", "x"),
        List.of(":status", "200", "xA", "x"),
        List.of(":status", "200", "xZ", "x"),
        List.of(":status", "200", "x\u007f", "x"),
        List.of(":status", "200", "with space", "x"),
        List.of(":status", "200", "with:colon", "x"),
        List.of(":status", "200", "näme", "x"),
        List.of(":status", "200", "", "x"),
        List.of(":status", "200", ":status", "200"),
        List.of(":status", "200", ":made-up", "x"),
        List.of("x-a", "1", ":status", "200"),
        List.of(":status", "200", ":path", "/"),
        List.of(":path", "/", "x-a", "1"),
        List.of(":method", "POST"),
        List.of(":status", "200", "connection", "close"),
        List.of(":status", "200", "x-a", "line\nbreak"),
        List.of(":status", "200", "x-a", "line\rbreak"),
        List.of(":status", "200", "x-a", "nul\0"));
  }

  @Conforms("T143")
  @ParameterizedTest
  @MethodSource("malformed")
  void aMalformedFieldFailsTheStreamAndLeavesTheConnectionUsable(List<String> fields)
      throws Exception {
    assertThatThrownBy(() -> roundTrip(fields.toArray(String[]::new)))
        .isInstanceOfSatisfying(StreamException.class, e -> {
          assertThat(e.error()).isEqualTo(Http2Error.PROTOCOL_ERROR);
          assertThat(e.streamId()).isEqualTo(3);
        });

    roundTrip(":status", "200", "x-a", "1");
    assertThat(fields()).containsExactly(":status", "200", "x-a", "1");
  }

  @Test
  void theErrorNamesWhatIsWrongWithAField() {
    assertRejected(":path", "/", "request pseudo-header :path");
    assertRejected(":made-up", "1", "unknown pseudo-header :made-up");
    assertRejected("", "1", "empty header name");
    assertRejected("n\u00e4me", "1", "a header name contains byte 0xe4");
    assertRejected("x-a", "1\n", "the value of header x-a contains byte 0xa");
  }

  private void assertRejected(String name, String value, String message) {
    byte[] bytes = name.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> block.add(new AsciiString(bytes, false), AsciiString.of(value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void detectsBinaryValues() throws Exception {
    roundTrip("x-a", "1", "binary", "2");
    assertThat(block.hasBinary()).isFalse();

    roundTrip("x-a", "1", "x-bin", "AQ");
    assertThat(block.hasBinary()).isTrue();
  }

  @Test
  void spacesAroundAValueAndRawUtf8AreLetThrough() throws Exception {
    roundTrip(":status", "200", "grpc-message", " ü\t");

    assertThat(block.value(1)).hasToString(" ü\t");
  }

  private List<String> fields() {
    List<String> fields = new ArrayList<>();
    for (int i = 0; i < block.count(); i++) {
      fields.add(block.name(i).toString());
      fields.add(block.value(i).toString());
    }
    return fields;
  }

  private void roundTrip(String... namesAndValues) throws Http2Exception {
    AsciiString[] fields = new AsciiString[namesAndValues.length];
    for (int i = 0; i < fields.length; i++) {
      fields[i] = new AsciiString(namesAndValues[i], java.nio.charset.StandardCharsets.ISO_8859_1);
    }
    ByteBuf encoded = Unpooled.buffer();
    try {
      encoder.encodeHeaders(3, ReadOnlyHttp2Headers.trailers(false, fields), encoded);
      assertThat(decoder.decodeHeaders(3, encoded)).isSameAs(block);
    } finally {
      encoded.release();
    }
  }
}
