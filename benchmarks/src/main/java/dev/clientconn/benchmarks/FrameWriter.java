// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import static io.netty.handler.codec.http2.Http2CodecUtil.CONNECTION_STREAM_ID;
import static io.netty.handler.codec.http2.Http2CodecUtil.FRAME_HEADER_LENGTH;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2FrameTypes;

/** Frames as both ends of a benchmark write them. */
final class FrameWriter {

  static final int MAX_FRAME_BYTES = 16_384;
  static final byte NO_FLAGS = 0;
  static final byte ACK = 0x1;
  static final byte END_STREAM = 0x1;
  static final byte END_HEADERS = 0x4;
  static final byte PADDED = 0x8;

  private FrameWriter() {}

  static void header(ByteBuf out, int length, byte type, byte flags, int streamId) {
    out.ensureWritable(FRAME_HEADER_LENGTH + length);
    out.writeMedium(length).writeByte(type).writeByte(flags).writeInt(streamId);
  }

  static void setting(ByteBuf out, short id, int value) {
    header(out, 6, Http2FrameTypes.SETTINGS, NO_FLAGS, CONNECTION_STREAM_ID);
    out.writeShort(id).writeInt(value);
  }

  static void settingsAck(ByteBuf out) {
    header(out, 0, Http2FrameTypes.SETTINGS, ACK, CONNECTION_STREAM_ID);
  }

  static void pingAck(ByteBuf out, ByteBuf in, int length) {
    header(out, length, Http2FrameTypes.PING, ACK, CONNECTION_STREAM_ID);
    out.writeBytes(in, length);
  }

  static void windowUpdate(ByteBuf out, int streamId, int increment) {
    header(out, 4, Http2FrameTypes.WINDOW_UPDATE, NO_FLAGS, streamId);
    out.writeInt(increment);
  }
}
