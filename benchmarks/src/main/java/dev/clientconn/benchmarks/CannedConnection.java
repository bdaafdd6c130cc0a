// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import static io.netty.handler.codec.http2.Http2CodecUtil.CONNECTION_STREAM_ID;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.io.IOException;
import java.util.List;

/**
 * The server's side of one connection: skips what is in the frames and answers all requests of a read with one write.
 * Confined to the event loop.
 */
final class CannedConnection extends FrameSkimmer {

  /** Receive window of the connection and of each stream. */
  private static final int WINDOW = 1 << 20;

  private static final int SEND_LIMIT = 256 * 1024;
  private static final int SETTING_BYTES = 6;

  private final CannedSender sender;
  private boolean prefaceSeen;
  private boolean endStreamAfterContinuation;
  private int received;

  CannedConnection(CannedResponse response) {
    this.sender = new CannedSender(response);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ByteBuf out = out(ctx);
    FrameWriter.setting(out, (short) Http2CodecUtil.SETTINGS_INITIAL_WINDOW_SIZE, WINDOW);
    FrameWriter.windowUpdate(
        out, CONNECTION_STREAM_ID, WINDOW - Http2CodecUtil.DEFAULT_WINDOW_SIZE);
    flush(ctx);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> ignored) {
    if (prefaceSeen || readPreface(in)) {
      super.decode(ctx, in, ignored);
    }
  }

  @Override
  void frame(byte type, int flags, int streamId, int length, ByteBuf in, ByteBuf out) {
    boolean endHeaders = (flags & FrameWriter.END_HEADERS) != 0;
    switch (type) {
      case Http2FrameTypes.HEADERS -> headers(flags, streamId, out);
      case Http2FrameTypes.CONTINUATION -> {
        if (endHeaders && endStreamAfterContinuation) {
          endStreamAfterContinuation = false;
          sender.answer(streamId, out, SEND_LIMIT);
        }
      }
      case Http2FrameTypes.DATA -> data(flags, streamId, length, out);
      case Http2FrameTypes.SETTINGS -> settings(flags, length, in, out);
      case Http2FrameTypes.PING -> {
        if ((flags & FrameWriter.ACK) == 0) {
          FrameWriter.pingAck(out, in, length);
        }
      }
      case Http2FrameTypes.WINDOW_UPDATE -> sender.windowUpdate(streamId, in.readInt());
      case Http2FrameTypes.RST_STREAM -> sender.forget(streamId);
      default -> {} // GOAWAY and PRIORITY want no reply; RFC 9113 §5.5: unknown types are ignored.
    }
  }

  @Override
  boolean flush(ChannelHandlerContext ctx) {
    boolean wrote;
    boolean any = false;
    do {
      sender.send(out(ctx), SEND_LIMIT);
      wrote = super.flush(ctx);
      any |= wrote;
    } while (wrote && ctx.channel().isWritable());
    return any;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      flush(ctx);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A client that has what it came for may reset the connection; anything else is worth a look.
    if (!(cause instanceof IOException)) {
      System.err.println("canned server: closing a connection: " + cause);
    }
    ctx.close();
  }

  private boolean readPreface(ByteBuf in) {
    ByteBuf expected = Http2CodecUtil.connectionPrefaceBuf();
    try {
      int length = expected.readableBytes();
      if (in.readableBytes() < length) {
        return false;
      }
      if (!ByteBufUtil.equals(in, in.readerIndex(), expected, 0, length)) {
        in.skipBytes(in.readableBytes());
        throw new IllegalStateException("the client did not begin with the HTTP/2 preface");
      }
      in.skipBytes(length);
      prefaceSeen = true;
      return true;
    } finally {
      expected.release();
    }
  }

  private void headers(int flags, int streamId, ByteBuf out) {
    sender.open(streamId);
    boolean endStream = (flags & FrameWriter.END_STREAM) != 0;
    boolean endHeaders = (flags & FrameWriter.END_HEADERS) != 0;
    endStreamAfterContinuation = endStream && !endHeaders;
    if (endStream && endHeaders) {
      sender.answer(streamId, out, SEND_LIMIT);
    }
  }

  private void data(int flags, int streamId, int length, ByteBuf out) {
    received += length;
    if (received >= WINDOW / 2) {
      FrameWriter.windowUpdate(out, CONNECTION_STREAM_ID, received);
      received = 0;
    }
    if ((flags & FrameWriter.END_STREAM) != 0) {
      sender.answer(streamId, out, SEND_LIMIT);
      return;
    }
    int credit = sender.received(streamId, length, WINDOW);
    if (credit > 0) {
      FrameWriter.windowUpdate(out, streamId, credit);
    }
  }

  private void settings(int flags, int length, ByteBuf in, ByteBuf out) {
    if ((flags & FrameWriter.ACK) != 0) {
      return;
    }
    for (int left = length; left >= SETTING_BYTES; left -= SETTING_BYTES) {
      int id = in.readUnsignedShort();
      long value = in.readUnsignedInt();
      if (id == Http2CodecUtil.SETTINGS_INITIAL_WINDOW_SIZE) {
        sender.initialWindow(value);
      }
    }
    FrameWriter.settingsAck(out);
  }
}
