// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.frame;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Settings;

/**
 * Reads frames (RFC 9113 sections 4 and 6), checks their format, and passes them to
 * {@link FrameListener}. A payload is passed as the readable part of the read buffer, which costs
 * no slice. DATA is passed as it arrives, at most one frame at a time. Whether a frame is allowed
 * in the state of the connection or stream is not checked here.
 */
@EventLoopConfined
public final class FrameReader {

  private static final int END_STREAM = 0x1;
  private static final int ACK = 0x1;
  private static final int END_HEADERS = 0x4;
  private static final int PADDED = 0x8;
  private static final int PRIORITY = 0x20;
  private static final int PRIORITY_LENGTH = 5;
  private static final int SETTING_LENGTH = 6;
  private static final int HEADER_TABLE_SIZE = 0x1;
  private static final int ENABLE_PUSH = 0x2;
  private static final int INITIAL_WINDOW_SIZE = 0x4;

  private final FrameListener listener;
  private final HeaderBlockReader headerBlocks;

  /** Missing payload of a DATA frame that has been passed on in part, bytes. */
  private int dataMissing;

  private int dataStream;
  private boolean dataEndsStream;

  public FrameReader(FrameListener listener, int maxHeaderListSize) {
    this.listener = listener;
    this.headerBlocks = new HeaderBlockReader(listener, maxHeaderListSize);
  }

  /** Reads the frames in the buffer. An incomplete frame stays there, unless it is DATA. */
  public void decode(ByteBufAllocator allocator, ByteBuf in) {
    boolean more = true;
    // If the listener closed the channel, the pipeline may have released the read buffer.
    while (more && !listener.isClosed() && in.refCnt() > 0) {
      more = dataMissing > 0 ? continueData(in) : next(allocator, in);
    }
    if (listener.isClosed() && in.refCnt() > 0) {
      in.skipBytes(in.readableBytes());
    }
  }

  /** Returns whether there was a frame, or the beginning of DATA that can be passed on. */
  private boolean next(ByteBufAllocator allocator, ByteBuf in) {
    if (in.readableBytes() < Framer.HEADER_LENGTH) {
      return false;
    }
    int at = in.readerIndex();
    int length = in.getUnsignedMedium(at);
    int type = in.getUnsignedByte(at + 3);
    int flags = in.getUnsignedByte(at + 4);
    int streamId = in.getInt(at + 5) & Integer.MAX_VALUE;
    if (length > Framer.MAX_PAYLOAD) {
      // We do not raise SETTINGS_MAX_FRAME_SIZE, so this is an error (section 4.2).
      fail(Http2Error.FRAME_SIZE_ERROR, "a frame of " + length + " bytes");
      return false;
    }
    if (in.readableBytes() < Framer.HEADER_LENGTH + length) {
      return type == Http2FrameTypes.DATA && beginData(flags, streamId, length, in);
    }
    int end = in.writerIndex();
    int next = at + Framer.HEADER_LENGTH + length;
    in.readerIndex(at + Framer.HEADER_LENGTH).writerIndex(next);
    frame(allocator, type, flags, streamId, in);
    if (in.refCnt() > 0) {
      in.writerIndex(end).readerIndex(next);
    }
    return true;
  }

  /**
   * While large messages arrive, most reads end inside a DATA frame. To wait for the rest would
   * make Netty copy the next read behind this one, so the part is passed on at once. Frames that
   * may be malformed (padding, stream 0, inside a header block) wait until they are complete.
   */
  private boolean beginData(int flags, int streamId, int length, ByteBuf in) {
    if (in.readableBytes() == Framer.HEADER_LENGTH
        || (flags & PADDED) != 0
        || streamId == 0
        || headerBlocks.isOpen()) {
      return false;
    }
    in.skipBytes(Framer.HEADER_LENGTH);
    dataMissing = length;
    dataStream = streamId;
    dataEndsStream = (flags & END_STREAM) != 0;
    return true;
  }

  private boolean continueData(ByteBuf in) {
    int run = Math.min(dataMissing, in.readableBytes());
    if (run == 0) {
      return false;
    }
    int end = in.writerIndex();
    int next = in.readerIndex() + run;
    in.writerIndex(next);
    dataMissing -= run;
    listener.onData(dataStream, in, 0, dataEndsStream && dataMissing == 0);
    if (in.refCnt() > 0) {
      in.writerIndex(end).readerIndex(next);
    }
    return true;
  }

  public void close() {
    headerBlocks.close();
  }

  /** Handles one frame, whose payload is the readable part of the buffer. */
  private void frame(ByteBufAllocator allocator, int type, int flags, int streamId, ByteBuf in) {
    if (headerBlocks.isOpen()
        && (type != Http2FrameTypes.CONTINUATION || !headerBlocks.continues(streamId))) {
      // Section 4.3: nothing may come between the frames of a block.
      fail(Http2Error.PROTOCOL_ERROR, "frame type " + type + " inside a header block");
      return;
    }
    switch (type) {
      case Http2FrameTypes.DATA -> data(flags, streamId, in);
      case Http2FrameTypes.HEADERS -> headers(allocator, flags, streamId, in);
      case Http2FrameTypes.PRIORITY -> priority(streamId, in);
      case Http2FrameTypes.RST_STREAM -> rstStream(streamId, in);
      case Http2FrameTypes.SETTINGS -> settings(flags, streamId, in);
      // Section 6.6: we have disabled it by SETTINGS_ENABLE_PUSH.
      case Http2FrameTypes.PUSH_PROMISE ->
        fail(Http2Error.PROTOCOL_ERROR, "PUSH_PROMISE received, but push is disabled");
      case Http2FrameTypes.PING -> ping(flags, streamId, in);
      case Http2FrameTypes.GO_AWAY -> goAway(streamId, in);
      case Http2FrameTypes.WINDOW_UPDATE -> windowUpdate(streamId, in);
      case Http2FrameTypes.CONTINUATION -> continuation(flags, in);
      default -> {
        // Unknown types are ignored (section 5.5).
      }
    }
  }

  private void data(int flags, int streamId, ByteBuf in) {
    int length = in.readableBytes();
    if (length == 0 && (flags & PADDED) != 0 && streamId != 0) {
      // Section 4.2: a frame that changes no connection state is a stream error.
      tooShort(streamId, "DATA too short for its padding length", (flags & END_STREAM) != 0);
    } else if (onStream(streamId, "DATA") && unpad(flags, in, "DATA")) {
      listener.onData(streamId, in, length - in.readableBytes(), (flags & END_STREAM) != 0);
    }
  }

  private void headers(ByteBufAllocator allocator, int flags, int streamId, ByteBuf in) {
    if (!onStream(streamId, "HEADERS") || !unpad(flags, in, "HEADERS")) {
      return;
    }
    if ((flags & PRIORITY) != 0) {
      if (in.readableBytes() < PRIORITY_LENGTH) {
        fail(Http2Error.FRAME_SIZE_ERROR, "HEADERS too short for its priority");
        return;
      }
      in.skipBytes(PRIORITY_LENGTH);
    }
    headerBlocks.begin(
        allocator, streamId, in, (flags & END_STREAM) != 0, (flags & END_HEADERS) != 0);
  }

  private void continuation(int flags, ByteBuf in) {
    if (headerBlocks.isOpen()) {
      headerBlocks.addFragment(in, (flags & END_HEADERS) != 0);
    } else {
      fail(Http2Error.PROTOCOL_ERROR, "CONTINUATION without HEADERS");
    }
  }

  /** Ignored (section 5.3.2), but must have the right length (section 6.3). */
  private void priority(int streamId, ByteBuf in) {
    if (onStream(streamId, "PRIORITY") && in.readableBytes() != PRIORITY_LENGTH) {
      tooShort(streamId, "PRIORITY of " + in.readableBytes() + " bytes", false);
    }
  }

  private void tooShort(int streamId, String message, boolean endOfStream) {
    listener.onStreamError(streamId, Http2Error.FRAME_SIZE_ERROR.code(), message, endOfStream);
  }

  private void rstStream(int streamId, ByteBuf in) {
    if (onStream(streamId, "RST_STREAM") && hasLength(4, in, "RST_STREAM")) {
      listener.onRstStream(streamId, in.readUnsignedInt());
    }
  }

  private void settings(int flags, int streamId, ByteBuf in) {
    if (!onConnection(streamId, "SETTINGS")) {
      return;
    }
    if ((flags & ACK) != 0) {
      if (hasLength(0, in, "SETTINGS ACK")) {
        listener.onSettingsAck();
      }
      return;
    }
    if (in.readableBytes() % SETTING_LENGTH != 0) {
      fail(Http2Error.FRAME_SIZE_ERROR, "SETTINGS of " + in.readableBytes() + " bytes");
      return;
    }
    Http2Settings settings = new Http2Settings();
    while (in.isReadable()) {
      if (!setting((char) in.readUnsignedShort(), in.readUnsignedInt(), settings)) {
        return;
      }
    }
    listener.onSettings(settings);
  }

  /** Returns whether a server may send the setting (section 6.5.2). */
  private boolean setting(char id, long value, Http2Settings settings) {
    try {
      settings.put(id, Long.valueOf(value));
    } catch (IllegalArgumentException e) {
      // Section 6.5.2: only the window has FLOW_CONTROL_ERROR as its code.
      fail(
          id == INITIAL_WINDOW_SIZE ? Http2Error.FLOW_CONTROL_ERROR : Http2Error.PROTOCOL_ERROR,
          "SETTINGS: " + e.getMessage());
      return false;
    }
    if (id == ENABLE_PUSH && value != 0) {
      fail(Http2Error.PROTOCOL_ERROR, "SETTINGS: a server cannot enable push");
      return false;
    }
    if (id == HEADER_TABLE_SIZE) {
      listener.onHeaderTableSize(value);
    }
    return true;
  }

  private void ping(int flags, int streamId, ByteBuf in) {
    if (!onConnection(streamId, "PING") || !hasLength(8, in, "PING")) {
      return;
    }
    long payload = in.readLong();
    if ((flags & ACK) != 0) {
      listener.onPingAck(payload);
    } else {
      listener.onPing(payload);
    }
  }

  private void goAway(int streamId, ByteBuf in) {
    if (!onConnection(streamId, "GOAWAY")) {
      return;
    }
    if (in.readableBytes() < 8) {
      fail(Http2Error.FRAME_SIZE_ERROR, "GOAWAY of " + in.readableBytes() + " bytes");
      return;
    }
    int lastStreamId = in.readInt() & Integer.MAX_VALUE;
    listener.onGoAway(lastStreamId, in.readUnsignedInt(), in);
  }

  private void windowUpdate(int streamId, ByteBuf in) {
    if (!hasLength(4, in, "WINDOW_UPDATE")) {
      return;
    }
    int increment = in.readInt() & Integer.MAX_VALUE;
    if (increment > 0) {
      listener.onWindowUpdate(streamId, increment);
    } else if (streamId == 0) {
      fail(Http2Error.PROTOCOL_ERROR, "WINDOW_UPDATE of 0");
    } else {
      listener.onStreamError(
          streamId, Http2Error.PROTOCOL_ERROR.code(), "WINDOW_UPDATE of 0", false);
    }
  }

  /**
   * Removes padding from the payload (section 6.1). Returns false if it is longer than the payload.
   */
  private boolean unpad(int flags, ByteBuf in, String frame) {
    if ((flags & PADDED) == 0) {
      return true;
    }
    if (!in.isReadable()) {
      fail(Http2Error.FRAME_SIZE_ERROR, frame + " too short for its padding length");
      return false;
    }
    int padding = in.readUnsignedByte();
    if (padding > in.readableBytes()) {
      fail(Http2Error.PROTOCOL_ERROR, frame + " has more padding than payload");
      return false;
    }
    in.writerIndex(in.writerIndex() - padding);
    return true;
  }

  private boolean onStream(int streamId, String frame) {
    if (streamId == 0) {
      fail(Http2Error.PROTOCOL_ERROR, frame + " on stream 0");
    }
    return streamId != 0;
  }

  private boolean onConnection(int streamId, String frame) {
    if (streamId != 0) {
      fail(Http2Error.PROTOCOL_ERROR, frame + " on stream " + streamId);
    }
    return streamId == 0;
  }

  private boolean hasLength(int length, ByteBuf in, String frame) {
    boolean right = in.readableBytes() == length;
    if (!right) {
      fail(Http2Error.FRAME_SIZE_ERROR, frame + " of " + in.readableBytes() + " bytes");
    }
    return right;
  }

  private void fail(Http2Error error, String message) {
    listener.onConnectionError(error.code(), message);
  }
}
