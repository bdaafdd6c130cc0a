// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.frame;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.wire.RequestHeaders;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Settings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames (RFC 9113 section 6) one behind the other into one pooled direct buffer per turn of
 * the loop. HPACK encodes straight into it, and small messages are copied into it: their only copy
 * between heap and socket. Large messages are in direct memory already and are not copied; their
 * chunks are queued between two buffers.
 */
@EventLoopConfined
public final class Framer implements FramedMessage.Output {

  public static final int HEADER_LENGTH = 9;
  /** Every peer accepts this length, and longer frames would delay the other streams. */
  public static final int MAX_PAYLOAD = 16_384;

  private static final int MIN_CAPACITY = 1024;

  /** Copied bytes at which a buffer counts as full. */
  private static final int MAX_COPIED = 128 * 1024;
  /** Capacity for bulk data: the limit, the frame that exceeds it, and frames in front of it. */
  private static final int BULK = MAX_COPIED + 2 * MAX_PAYLOAD;

  private static final byte END_STREAM = 0x1;
  private static final byte END_HEADERS = 0x4;
  private static final byte ACK = 0x1;

  private ByteBufAllocator allocator = ByteBufAllocator.DEFAULT;
  private final HeaderEncoder hpack;
  private @Nullable ByteBuf out;
  /**
   * The buffers and chunks before {@link #out}, in order. Created for the first large message.
   * Released by whoever takes them, or by {@link #discard}.
   */
  private @Nullable ArrayDeque<ByteBuf> parts;

  private int partsSize;
  /** Capacity of the next buffer: a turn usually writes about as much as the one before. */
  private int lastSize = MIN_CAPACITY;

  /**
   * @param neverIndexed names of headers that are never indexed, besides those that never are
   */
  public Framer(Set<String> neverIndexed) {
    hpack = new HeaderEncoder(neverIndexed);
  }

  /** Sets the channel's allocator. Call before anything is written. */
  public void useAllocator(ByteBufAllocator channelAllocator) {
    allocator = channelAllocator;
  }

  private ByteBuf out() {
    if (out == null) {
      out = allocator.directBuffer(capacity());
    }
    return out;
  }

  private int capacity() {
    if (partsSize > 0) {
      // A large frame is usually followed by the header of another one.
      return 2 * HEADER_LENGTH;
    }
    return lastSize > MAX_PAYLOAD ? BULK : Math.max(MIN_CAPACITY, lastSize);
  }

  /**
   * Whether {@code limit} bytes were written, or the current buffer has reached its largest size.
   */
  public boolean isFull(int limit) {
    return bufferedBytes() >= limit || (out != null && out.readableBytes() >= MAX_COPIED);
  }

  /** Bytes written and not yet taken. */
  public int bufferedBytes() {
    return partsSize + (out == null ? 0 : out.readableBytes());
  }

  /** Returns the next buffer to send, {@code null} after the last. The caller releases it. */
  @Nullable
  public ByteBuf takeBuffer() {
    ByteBuf part = parts == null ? null : parts.poll();
    if (part != null) {
      partsSize -= part.readableBytes();
      return part;
    }
    part = out;
    out = null;
    if (part != null) {
      lastSize = part.readableBytes();
    }
    return part;
  }

  /** Releases everything that was written and not taken. */
  public void discard() {
    for (ByteBuf part = takeBuffer(); part != null; part = takeBuffer()) {
      part.release();
    }
  }

  public void writePreface() {
    out().writeBytes(Http2CodecUtil.connectionPrefaceBuf());
  }

  /** Writes HEADERS without END_STREAM, and CONTINUATIONs if the block is longer than one frame. */
  public void writeHeaders(int streamId, RequestHeaders.Lists headers) {
    ByteBuf buf = out();
    int start = buf.writerIndex();
    buf.writeZero(HEADER_LENGTH);
    hpack.encode(headers, buf);
    int length = buf.writerIndex() - start - HEADER_LENGTH;
    if (length <= MAX_PAYLOAD) {
      putHeader(buf, start, length, Http2FrameTypes.HEADERS, END_HEADERS, streamId);
    } else {
      splitHeaders(buf, start, length, streamId);
    }
  }

  /** Splits a block into consecutive frames (RFC 9113 section 4.3). */
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

  public void writeData(
      int streamId, FramedMessage source, int offset, int length, boolean endOfStream) {
    header(length, Http2FrameTypes.DATA, endOfStream ? END_STREAM : 0, streamId);
    source.writeTo(offset, length, this);
  }

  @Override
  public void copyBytes(byte[] source, int offset, int length) {
    out().writeBytes(source, offset, length);
  }

  @Override
  public void addBuffer(ByteBuf part) {
    if (parts == null) {
      parts = new ArrayDeque<>();
    }
    if (out != null) {
      queuePart(parts, out);
      out = null;
    }
    queuePart(parts, part);
  }

  private void queuePart(ArrayDeque<ByteBuf> to, ByteBuf part) {
    to.add(part);
    partsSize += part.readableBytes();
  }

  public void writeEndOfStream(int streamId) {
    header(0, Http2FrameTypes.DATA, END_STREAM, streamId);
  }

  public void writeRstStream(int streamId, long errorCode) {
    header(4, Http2FrameTypes.RST_STREAM, (byte) 0, streamId).writeInt((int) errorCode);
  }

  public void writeSettings(Http2Settings settings) {
    ByteBuf buf = header(6 * settings.size(), Http2FrameTypes.SETTINGS, (byte) 0, 0);
    settings.forEach((id, value) -> buf.writeShort(id).writeInt(value.intValue()));
  }

  public void writeSettingsAck() {
    header(0, Http2FrameTypes.SETTINGS, ACK, 0);
  }

  public void writePing(long payload) {
    header(8, Http2FrameTypes.PING, (byte) 0, 0).writeLong(payload);
  }

  public void writePingAck(long payload) {
    header(8, Http2FrameTypes.PING, ACK, 0).writeLong(payload);
  }

  public void writeWindowUpdate(int streamId, int increment) {
    header(4, Http2FrameTypes.WINDOW_UPDATE, (byte) 0, streamId).writeInt(increment);
  }

  public void writeGoAway(int lastStreamId, long errorCode, String debugData) {
    byte[] debug = debugData.getBytes(StandardCharsets.UTF_8);
    header(8 + debug.length, Http2FrameTypes.GO_AWAY, (byte) 0, 0)
        .writeInt(lastStreamId)
        .writeInt((int) errorCode)
        .writeBytes(debug);
  }

  /**
   * Takes the peer's SETTINGS_HEADER_TABLE_SIZE, which bounds the encoder's table (RFC 7541 section
   * 4.2).
   */
  public void peerHeaderTableSize(long bytes) {
    hpack.tableSize(Math.min(bytes, Http2CodecUtil.DEFAULT_HEADER_LIST_SIZE));
  }

  private ByteBuf header(int length, byte type, byte flags, int streamId) {
    return out().writeMedium(length).writeByte(type).writeByte(flags).writeInt(streamId);
  }

  private static void putHeader(
      ByteBuf buf, int at, int length, byte type, byte flags, int streamId) {
    buf.setMedium(at, length).setByte(at + 3, type).setByte(at + 4, flags).setInt(at + 5, streamId);
  }
}
