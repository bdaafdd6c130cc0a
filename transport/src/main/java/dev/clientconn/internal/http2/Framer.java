// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.threading.EventLoopConfined;
import dev.clientconn.internal.wire.RequestHeaders;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames (RFC 9113 section 6), one behind the other, into one pooled buffer per turn of the loop. HPACK encodes
 * straight into it, and message bytes are copied into it: the one copy on their way from the heap to the socket.
 */
@EventLoopConfined
final class Framer {

  static final int HEADER_LENGTH = 9;
  /** Every peer accepts it, and a larger one would let one stream hold up the others. */
  static final int MAX_PAYLOAD = 16_384;

  private static final int MIN_CAPACITY = 1024;
  /** Of the encoder's two tables: few calls index more names than that, and each connection has them. */
  private static final int HPACK_HASH_SIZE = 16;

  private static final byte END_STREAM = 0x1;
  private static final byte END_HEADERS = 0x4;
  private static final byte ACK = 0x1;

  private ByteBufAllocator allocator = ByteBufAllocator.DEFAULT;
  private final DefaultHttp2HeadersEncoder hpack;
  private @Nullable ByteBuf out;
  /** Turns resemble each other: the last one's size is the guess for the next. */
  private int lastSize = MIN_CAPACITY;

  Framer() {
    // The peer's header list limit is checked before a stream gets an id, so the encoder need not.
    this.hpack = new DefaultHttp2HeadersEncoder(
        (name, value) -> RequestHeaders.isNeverIndexed(name), true, HPACK_HASH_SIZE);
  }

  /** Buffers come from the channel's allocator, once there is a channel. */
  void connected(ByteBufAllocator channelAllocator) {
    allocator = channelAllocator;
  }

  private ByteBuf out() {
    if (out == null) {
      out = allocator.directBuffer(Math.max(MIN_CAPACITY, lastSize));
    }
    return out;
  }

  /** Bytes written since the last {@link #take}. */
  int buffered() {
    return out == null ? 0 : out.readableBytes();
  }

  /** Hands over what was written, {@code null} if nothing. */
  @Nullable
  ByteBuf take() {
    ByteBuf taken = out;
    out = null;
    if (taken != null) {
      lastSize = taken.readableBytes();
    }
    return taken;
  }

  /** Drops what was written and closes the encoder. */
  void close() {
    hpack.close();
    if (out != null) {
      out.release();
      out = null;
    }
  }

  void preface() {
    out().writeBytes(Http2CodecUtil.connectionPrefaceBuf());
  }

  /** HEADERS without END_STREAM, and CONTINUATIONs where the block is longer than one frame. */
  void headers(int streamId, Http2Headers headers) throws Http2Exception {
    ByteBuf buf = out();
    int start = buf.writerIndex();
    buf.writeZero(HEADER_LENGTH);
    hpack.encodeHeaders(streamId, headers, buf);
    int length = buf.writerIndex() - start - HEADER_LENGTH;
    if (length <= MAX_PAYLOAD) {
      putHeader(buf, start, length, Http2FrameTypes.HEADERS, END_HEADERS, streamId);
    } else {
      splitHeaders(buf, start, length, streamId);
    }
  }

  /** Cuts a block into frames that nothing may come between (RFC 9113 section 4.3). */
  private void splitHeaders(ByteBuf buf, int start, int length, int streamId) {
    ByteBuf block = buf.copy(start + HEADER_LENGTH, length);
    try {
      buf.writerIndex(start);
      byte type = Http2FrameTypes.HEADERS;
      while (block.isReadable()) {
        int size = Math.min(MAX_PAYLOAD, block.readableBytes());
        byte flags = size == block.readableBytes() ? END_HEADERS : 0;
        header(size, type, flags, streamId).writeBytes(block, size);
        type = Http2FrameTypes.CONTINUATION;
      }
    } finally {
      block.release();
    }
  }

  void data(int streamId, byte[] source, int offset, int length, boolean endOfStream) {
    header(length, Http2FrameTypes.DATA, endOfStream ? END_STREAM : 0, streamId)
        .writeBytes(source, offset, length);
  }

  void endOfStream(int streamId) {
    header(0, Http2FrameTypes.DATA, END_STREAM, streamId);
  }

  void rstStream(int streamId, long errorCode) {
    header(4, Http2FrameTypes.RST_STREAM, (byte) 0, streamId).writeInt((int) errorCode);
  }

  void settings(Http2Settings settings) {
    ByteBuf buf = header(6 * settings.size(), Http2FrameTypes.SETTINGS, (byte) 0, 0);
    settings.forEach((id, value) -> buf.writeShort(id).writeInt(value.intValue()));
  }

  void settingsAck() {
    header(0, Http2FrameTypes.SETTINGS, ACK, 0);
  }

  void ping(long payload) {
    header(8, Http2FrameTypes.PING, (byte) 0, 0).writeLong(payload);
  }

  void pingAck(long payload) {
    header(8, Http2FrameTypes.PING, ACK, 0).writeLong(payload);
  }

  void windowUpdate(int streamId, int increment) {
    header(4, Http2FrameTypes.WINDOW_UPDATE, (byte) 0, streamId).writeInt(increment);
  }

  void goAway(int lastStreamId, long errorCode, String debugData) {
    byte[] debug = debugData.getBytes(StandardCharsets.UTF_8);
    header(8 + debug.length, Http2FrameTypes.GO_AWAY, (byte) 0, 0)
        .writeInt(lastStreamId)
        .writeInt((int) errorCode)
        .writeBytes(debug);
  }

  /** The peer's SETTINGS_HEADER_TABLE_SIZE bounds the encoder's table. */
  void peerHeaderTableSize(long bytes) throws Http2Exception {
    hpack.maxHeaderTableSize(Math.min(bytes, Http2CodecUtil.DEFAULT_HEADER_LIST_SIZE));
  }

  private ByteBuf header(int length, byte type, byte flags, int streamId) {
    ByteBuf buf = out();
    buf.ensureWritable(HEADER_LENGTH + length);
    return buf.writeMedium(length).writeByte(type).writeByte(flags).writeInt(streamId);
  }

  private static void putHeader(
      ByteBuf buf, int at, int length, byte type, byte flags, int streamId) {
    buf.setMedium(at, length).setByte(at + 3, type).setByte(at + 4, flags).setInt(at + 5, streamId);
  }
}
