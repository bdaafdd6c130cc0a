// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameTypes;

/**
 * What both ends of a connection do alike: keep to the peer's windows and to what the socket takes, and reply to SETTINGS
 * and PING. Confined to the event loop.
 */
abstract class FrameConnection extends FrameSkimmer {

  /** Buffers that are filled before the loop looks at other connections and at what came in. */
  private static final int BUFFERS_A_TURN = 4;

  private static final int SETTING_BYTES = 6;

  final StreamSender sender;
  private boolean flushing;
  private boolean resuming;

  FrameConnection(StreamContent content) {
    this.sender = new StreamSender(content);
  }

  abstract void headers(int flags, int streamId, ByteBuf out);

  /** Of types that are not common to both ends. */
  abstract void otherFrame(byte type, int flags, int streamId, ByteBuf out);

  @Override
  final void frame(byte type, int flags, int streamId, int length, ByteBuf in, ByteBuf out) {
    switch (type) {
      case Http2FrameTypes.HEADERS -> headers(flags, streamId, out);
      case Http2FrameTypes.WINDOW_UPDATE -> sender.windowUpdate(streamId, in.readInt());
      case Http2FrameTypes.SETTINGS -> settings(flags, length, in, out);
      case Http2FrameTypes.PING -> {
        if ((flags & FrameWriter.ACK) == 0) {
          FrameWriter.pingAck(out, in, length);
        }
      }
      default -> otherFrame(type, flags, streamId, out);
    }
  }

  @Override
  final boolean flush(ChannelHandlerContext ctx) {
    flushing = true;
    boolean wrote = false;
    for (int i = 0; i < BUFFERS_A_TURN; i++) {
      if (sender.canSend()) {
        sender.send(out(ctx));
      }
      if (!super.flush(ctx)) {
        break;
      }
      wrote = true;
    }
    flushing = false;
    if (sender.canSend() && !resuming) {
      resuming = true;
      ctx.executor().execute(() -> resume(ctx));
    }
    return wrote;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    sender.socketFull(!ctx.channel().isWritable());
    // During a flush this is that flush's own doing; it looks for more itself.
    if (!flushing && sender.canSend()) {
      flush(ctx);
    }
  }

  private void resume(ChannelHandlerContext ctx) {
    resuming = false;
    if (ctx.channel().isActive()) {
      flush(ctx);
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
