// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.http2.frame.HeaderBlockCache;
import io.grpc.Metadata;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class HeaderBlockCacheTest extends PeerTest {

  private static final Metadata.Key<String> X =
      Metadata.Key.of("x", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<byte[]> BIN =
      Metadata.Key.of("x-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private static final int NOT_INDEXED = 0x00;
  private static final int INDEXED_FROM_NOW = 0x40;
  private static final int NEWEST_OF_TABLE = 0x80 | 62;
  private static final int FLAGS = 0x5;

  @Test
  void bytesMeanAnotherFieldOnceTheTableHasMoved() {
    Http2Peer peer = ready();
    assertThat(trailersOf(peer, 1, block(INDEXED_FROM_NOW, "x", "a")).get(X)).isEqualTo("a");
    assertThat(trailersOf(peer, 3, block(NEWEST_OF_TABLE)).get(X)).isEqualTo("a");
    assertThat(trailersOf(peer, 5, block(NEWEST_OF_TABLE)).get(X)).isEqualTo("a");

    assertThat(trailersOf(peer, 7, block(INDEXED_FROM_NOW, "x", "b")).get(X)).isEqualTo("b");

    assertThat(trailersOf(peer, 9, block(NEWEST_OF_TABLE)).get(X)).isEqualTo("b");
  }

  @Test
  void headersThatMoveTheTableChangeWhatTrailersMean() {
    Http2Peer peer = ready();
    trailersOf(peer, 1, block(INDEXED_FROM_NOW, "x", "a"));
    trailersOf(peer, 3, block(NEWEST_OF_TABLE));
    RecordingCall call = peer.unary();
    byte[] headers = block(INDEXED_FROM_NOW, "x", "b", ":status", "200", "content-type", "text/x");
    peer.sendsFrame(Http2FrameTypes.HEADERS, 0x4, 5, headers);
    peer.sendsFrame(Http2FrameTypes.RST_STREAM, 0, 5, new byte[4]);
    assertThat(call.isClosed()).isTrue();

    assertThat(trailersOf(peer, 7, block(NEWEST_OF_TABLE)).get(X)).isEqualTo("b");
  }

  @Test
  void whatOneCallDoesToItsMetadataIsNotSeenByTheNext() {
    Http2Peer peer = ready();
    byte[] block = block(NOT_INDEXED, "x", "a");
    trailersOf(peer, 1, block);
    trailersOf(peer, 3, block).discardAll(X);

    assertThat(trailersOf(peer, 5, block).get(X)).isEqualTo("a");
  }

  @Test
  void whatOneCallDoesToABinaryValueIsNotSeenByTheNext() {
    Http2Peer peer = ready();
    byte[] block = block(NOT_INDEXED, "x-bin", "AAAA");
    Objects.requireNonNull(trailersOf(peer, 1, block).get(BIN))[0] = 1;
    Objects.requireNonNull(trailersOf(peer, 3, block).get(BIN))[0] = 1;

    assertThat(trailersOf(peer, 5, block).get(BIN)).containsExactly(0, 0, 0);
  }

  @Test
  void aBlockThatWasRefusedIsRefusedAgain() {
    Http2Peer peer = ready();
    byte[] block = block(NOT_INDEXED, "X", "a");
    for (int id = 1; id <= 5; id += 2) {
      RecordingCall call = peer.unary();
      peer.sendsFrame(Http2FrameTypes.HEADERS, FLAGS, id, block);
      assertThat(call.takeEvents()).containsExactly("closed INTERNAL PROCESSED");
    }
  }

  @Test
  void aBlockThatIsTooLongToKeepIsDecodedEachTime() {
    Http2Peer peer = ready();
    String value = "a".repeat(120);
    byte[] block =
        block(NOT_INDEXED, "x", value, "x1", value, "x2", value, "x3", value, "x4", value);
    assertThat(block).hasSizeGreaterThan(HeaderBlockCache.MAX_LENGTH);
    for (int id = 1; id <= 5; id += 2) {
      assertThat(trailersOf(peer, id, block).get(X)).isEqualTo(value);
    }
  }

  private static Metadata trailersOf(Http2Peer peer, int id, byte[] block) {
    RecordingCall call = peer.unary();
    // Not by the peer's encoder, which decides itself what is in the table.
    byte[] headers = block(NOT_INDEXED, ":status", "200", "content-type", "application/grpc");
    peer.sendsFrame(Http2FrameTypes.HEADERS, 0x4, id, headers);
    peer.sendsFrame(Http2FrameTypes.HEADERS, FLAGS, id, block);
    assertThat(call.takeEvents()).containsExactly("headers", "closed OK PROCESSED");
    return call.trailers;
  }

  /** One representation and literals, and grpc-status. */
  private static byte[] block(int representation, String... namesAndValues) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (namesAndValues.length == 0) {
      out.write(representation);
    }
    for (int i = 0; i < namesAndValues.length; i += 2) {
      literal(out, i == 0 ? representation : NOT_INDEXED, namesAndValues[i], namesAndValues[i + 1]);
    }
    literal(out, NOT_INDEXED, "grpc-status", "0");
    return out.toByteArray();
  }

  private static void literal(ByteArrayOutputStream out, int kind, String name, String value) {
    out.write(kind);
    for (String part : new String[] {name, value}) {
      out.write(part.length());
      out.writeBytes(part.getBytes(StandardCharsets.US_ASCII));
    }
  }
}
