// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.frame;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.http2.hpack.HpackEncoder;
import dev.clientconn.internal.wire.RequestHeaders;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Encodes request headers, and caches the encoded bytes of the headers that all calls of a method
 * share. The cached bytes are valid as long as the dynamic table does not change: the same list
 * would be encoded to the same bytes.
 */
@EventLoopConfined
final class HeaderEncoder {

  /** Number of methods; with more of them the cache is cleared whenever it is full. */
  private static final int MAX_CACHED = 128;

  // Need not check the peer's limit on lists: that is done before a stream gets an id.
  private final HpackEncoder hpack;

  private final IdentityHashMap<Http2Headers, byte[]> blocks = new IdentityHashMap<>(1);

  /**
   * @param neverIndexed names of headers that are never indexed, besides those that never are
   */
  HeaderEncoder(Set<String> neverIndexed) {
    hpack = new HpackEncoder(neverIndexed);
  }

  void encode(RequestHeaders.Lists headers, ByteBuf out) {
    byte[] cached = blocks.get(headers.shared());
    if (cached != null) {
      out.writeBytes(cached);
    } else {
      encodeShared(headers.shared(), out);
    }
    if (!headers.own().isEmpty()) {
      encodeUncached(headers.own(), out);
    }
  }

  private void encodeShared(Http2Headers shared, ByteBuf out) {
    int start = out.writerIndex();
    if (encodeUncached(shared, out)) {
      if (blocks.size() == MAX_CACHED) {
        blocks.clear();
      }
      blocks.put(shared, ByteBufUtil.getBytes(out, start, out.writerIndex() - start));
    }
  }

  /** Returns whether the table is unchanged; if it is not, the cache has been cleared. */
  private boolean encodeUncached(Http2Headers headers, ByteBuf out) {
    boolean tableUnchanged = hpack.encode(headers, out);
    if (!tableUnchanged) {
      blocks.clear();
    }
    return tableUnchanged;
  }

  /** Sets the table's size. The next block announces it to the peer (RFC 7541 section 4.2). */
  void tableSize(long bytes) {
    blocks.clear();
    hpack.maxTableSize(Math.toIntExact(bytes));
  }
}
