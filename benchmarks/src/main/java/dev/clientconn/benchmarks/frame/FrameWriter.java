// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.frame;

import static io.netty.handler.codec.http2.Http2CodecUtil.CONNECTION_STREAM_ID;
import static io.netty.handler.codec.http2.Http2CodecUtil.FRAME_HEADER_LENGTH;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2FrameTypes;

/** Encodes HTTP/2 frames (RFC 9113 §4.1). */
public final class FrameWriter {

  /** The largest payload without a SETTINGS_MAX_FRAME_SIZE (RFC 9113 §6.5.2). */
  public static final int MAX_FRAME_BYTES = 16_384;

  public static final byte NO_FLAGS = 0;
  public static final byte ACK = 0x1;
  public static final byte END_STREAM = 0x1;
  public static final byte END_HEADERS = 0x4;
  public static final byte PADDED = 0x8;

  private FrameWriter() {}

  /** Writes a frame header and reserves room for the payload. */
  public static void header(ByteBuf out, int length, byte type, int flags, int streamId) {
    out.ensureWritable(FRAME_HEADER_LENGTH + length);
    out.writeMedium(length).writeByte(type).writeByte(flags).writeInt(streamId);
  }

  /** Writes a SETTINGS frame with one setting. */
  public static void setting(ByteBuf out, short id, int value) {
    header(out, 6, Http2FrameTypes.SETTINGS, NO_FLAGS, CONNECTION_STREAM_ID);
    out.writeShort(id).writeInt(value);
  }

  public static void settingsAck(ByteBuf out) {
    header(out, 0, Http2FrameTypes.SETTINGS, ACK, CONNECTION_STREAM_ID);
  }

  /** Writes a PING ack with the next {@code length} bytes of {@code in}. */
  public static void pingAck(ByteBuf out, ByteBuf in, int length) {
    header(out, length, Http2FrameTypes.PING, ACK, CONNECTION_STREAM_ID);
    out.writeBytes(in, length);
  }

  public static void windowUpdate(ByteBuf out, int streamId, int increment) {
    header(out, 4, Http2FrameTypes.WINDOW_UPDATE, NO_FLAGS, streamId);
    out.writeInt(increment);
  }
}
