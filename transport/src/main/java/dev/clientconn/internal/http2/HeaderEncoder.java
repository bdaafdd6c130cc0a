// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.threading.EventLoopConfined;
import dev.clientconn.internal.wire.HpackScan;
import dev.clientconn.internal.wire.RequestHeaders;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.IdentityHashMap;

/**
 * HPACK's encoder of a connection. What the calls of a method share is encoded once and copied from then on, for as long
 * as the dynamic table stays as it is: then the same list would come to the same bytes.
 */
@EventLoopConfined
final class HeaderEncoder {

  /** Methods; where more are called in turn, all are encoded anew now and then. */
  private static final int MAX_KEPT = 128;

  /** Of the encoder's two tables: few calls index more names than that, and each connection has them. */
  private static final int HASH_SIZE = 16;

  // The peer's header list limit is checked before a stream gets an id, so the encoder need not.
  private final DefaultHttp2HeadersEncoder hpack = new DefaultHttp2HeadersEncoder(
      (name, value) -> RequestHeaders.isNeverIndexed(name), true, HASH_SIZE);

  private final IdentityHashMap<Http2Headers, byte[]> blocks = new IdentityHashMap<>(1);

  void encode(int streamId, RequestHeaders.Lists headers, ByteBuf out) throws Http2Exception {
    byte[] known = blocks.get(headers.shared());
    if (known != null) {
      out.writeBytes(known);
    } else {
      encodeShared(streamId, headers.shared(), out);
    }
    if (!headers.own().isEmpty()) {
      encodeAnew(streamId, headers.own(), out);
    }
  }

  private void encodeShared(int streamId, Http2Headers shared, ByteBuf out) throws Http2Exception {
    int start = out.writerIndex();
    if (encodeAnew(streamId, shared, out)) {
      if (blocks.size() == MAX_KEPT) {
        blocks.clear();
      }
      blocks.put(shared, ByteBufUtil.getBytes(out, start, out.writerIndex() - start));
    }
  }

  /** Returns whether the table is as it was; if not, what is known holds no more. */
  private boolean encodeAnew(int streamId, Http2Headers headers, ByteBuf out)
      throws Http2Exception {
    int start = out.writerIndex();
    hpack.encodeHeaders(streamId, headers, out);
    boolean leavesTable = HpackScan.leavesTable(out, start, out.writerIndex() - start);
    if (!leavesTable) {
      blocks.clear();
    }
    return leavesTable;
  }

  /** Sets the table's size; the next block tells the peer. */
  void tableSize(long bytes) throws Http2Exception {
    blocks.clear();
    hpack.maxHeaderTableSize(bytes);
  }

  void close() {
    hpack.close();
  }
}
