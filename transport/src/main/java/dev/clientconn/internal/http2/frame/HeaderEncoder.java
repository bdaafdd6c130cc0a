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
 * HPACK's encoder of a connection. What the calls of a method share is encoded once and copied from then on, for as long
 * as the dynamic table stays as it is: then the same list would come to the same bytes.
 */
@EventLoopConfined
final class HeaderEncoder {

  /** Methods; where more are called in turn, all are encoded anew now and then. */
  private static final int MAX_KEPT = 128;

  // The peer's header list limit is checked before a stream gets an id, so the encoder need not.
  private final HpackEncoder hpack;

  private final IdentityHashMap<Http2Headers, byte[]> blocks = new IdentityHashMap<>(1);

  /**
   * @param neverIndexed names of headers that stay out of the table, besides those that always do
   */
  HeaderEncoder(Set<String> neverIndexed) {
    hpack = new HpackEncoder(neverIndexed);
  }

  void encode(RequestHeaders.Lists headers, ByteBuf out) {
    byte[] known = blocks.get(headers.shared());
    if (known != null) {
      out.writeBytes(known);
    } else {
      encodeShared(headers.shared(), out);
    }
    if (!headers.own().isEmpty()) {
      encodeAnew(headers.own(), out);
    }
  }

  private void encodeShared(Http2Headers shared, ByteBuf out) {
    int start = out.writerIndex();
    if (encodeAnew(shared, out)) {
      if (blocks.size() == MAX_KEPT) {
        blocks.clear();
      }
      blocks.put(shared, ByteBufUtil.getBytes(out, start, out.writerIndex() - start));
    }
  }

  /** Returns whether the table is as it was; if not, what is known holds no more. */
  private boolean encodeAnew(Http2Headers headers, ByteBuf out) {
    boolean leavesTable = hpack.encode(headers, out);
    if (!leavesTable) {
      blocks.clear();
    }
    return leavesTable;
  }

  /** Sets the table's size; the next block tells the peer. */
  void tableSize(long bytes) {
    blocks.clear();
    hpack.maxTableSize(Math.toIntExact(bytes));
  }
}
