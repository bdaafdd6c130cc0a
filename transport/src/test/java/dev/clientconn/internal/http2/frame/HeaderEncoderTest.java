// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.frame;

import static dev.clientconn.internal.wire.HeaderFields.headers;
import static dev.clientconn.internal.wire.HeaderFields.list;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.wire.RequestHeaders;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.EmptyHttp2Headers;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HeaderEncoderTest {

  private static final Http2Headers NOTHING = EmptyHttp2Headers.INSTANCE;

  private final HeaderEncoder encoder = new HeaderEncoder(Set.of());
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
  private final Http2Headers one = headers(":path", "/one", "user-agent", "me");
  private final Http2Headers two = headers(":path", "/two", "user-agent", "me");

  @Test
  void aSharedListIsOneByteAFieldOnceItIsInTheTable() throws Exception {
    assertThat(sent(one, NOTHING)).isGreaterThan(2);

    assertThat(sent(one, NOTHING)).isEqualTo(2);
    assertThat(sent(one, NOTHING)).isEqualTo(2);
  }

  @Test
  void sharedListsStayCorrectWhileOthersChangeTheTable() throws Exception {
    for (int i = 0; i < 200; i++) {
      sent(one, i % 3 == 0 ? headers("x-new", "value " + i) : NOTHING);
      sent(i % 2 == 0 ? one : two, headers("grpc-timeout", i + "n"));
      sent(NOTHING, headers("x-newer", "value " + i % 7, ":path", "/one"));
    }
  }

  @Test
  void aSmallerTableIsAnnouncedBeforeACachedList() throws Exception {
    sent(one, NOTHING);
    sent(one, NOTHING);
    for (long size : new long[] {0, 4096, 40, 4096}) {
      decoder.maxHeaderTableSize(size);
      encoder.tableSize(size);
      sent(one, NOTHING);
      sent(one, headers("x-a", "b"));
      sent(one, NOTHING);
    }
  }

  @Test
  void moreMethodsThanAreCachedAreEncodedCorrectly() throws Exception {
    List<Http2Headers> methods = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      // Only static entries, so that no list changes the table.
      methods.add(headers(":method", "POST", ":scheme", i % 2 == 0 ? "http" : "https"));
    }
    for (int round = 0; round < 2; round++) {
      for (Http2Headers method : methods) {
        assertThat(sent(method, NOTHING)).isEqualTo(2);
      }
    }
  }

  /** Encodes, decodes as the peer does, and compares. Returns the length of the block. */
  private int sent(Http2Headers shared, Http2Headers own) throws Http2Exception {
    ByteBuf block = Unpooled.buffer();
    encoder.encode(new RequestHeaders.Lists(shared, own), block);
    int length = block.readableBytes();
    List<String> expected = list(shared);
    expected.addAll(list(own));
    assertThat(list(decoder.decodeHeaders(1, block))).containsExactlyInAnyOrderElementsOf(expected);
    block.release();
    return length;
  }
}
