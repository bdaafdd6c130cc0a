// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.frame;

import static io.netty.handler.codec.http2.Http2CodecUtil.FRAME_HEADER_LENGTH;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection that reads frame headers and decodes no header block. It acknowledges
 * SETTINGS and PING, sends within the peer's windows and the socket's buffer, and writes everything
 * that one read causes at once. Confined to the event loop.
 */
public abstract class FrameConnection extends ByteToMessageDecoder {

  private static final int SMALLEST_BUFFER = 4 * 1024;
  private static final int LARGEST_BUFFER = 320 * 1024;
  /** Buffers filled in one flush, before the loop serves other connections and reads. */
  private static final int BUFFERS_PER_FLUSH = 4;

  private static final int SETTING_BYTES = 6;

  protected final StreamSender sender;

  private @Nullable ByteBuf out;
  private int nextBuffer = SMALLEST_BUFFER;
  private int dataStream;
  private int dataLeft;
  private boolean dataEndsStream;
  private boolean flushing;
  private boolean resuming;

  protected FrameConnection(StreamSender.Content content) {
    this.sender = new StreamSender(content);
  }

  /** Handles a HEADERS frame, whose block is skipped. */
  protected abstract void headers(int flags, int streamId, ByteBuf out);

  /**
   * Handles part of a DATA frame, the next {@code length} bytes of {@code in}.
   *
   * @param endStream whether it is the last part of the stream
   */
  protected abstract void data(
      int streamId, int length, boolean endStream, ByteBuf in, ByteBuf out);

  /** Handles a frame of a type that is not handled here; its payload is skipped. */
  protected abstract void otherFrame(byte type, int streamId, int flags, ByteBuf out);

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> ignored) {
    if (dataLeft > 0) {
      readData(in, out(ctx));
    }
    while (in.readableBytes() >= FRAME_HEADER_LENGTH) {
      int start = in.readerIndex();
      int length = in.getUnsignedMedium(start);
      if (length > FrameWriter.MAX_FRAME_BYTES) {
        throw new IllegalStateException("received a frame of " + length
            + " bytes, more than the maximum of " + FrameWriter.MAX_FRAME_BYTES);
      }
      byte type = in.getByte(start + 3);
      int flags = in.getUnsignedByte(start + 4);
      int streamId = in.getInt(start + 5) & Integer.MAX_VALUE;
      if (type == Http2FrameTypes.DATA) {
        in.skipBytes(FRAME_HEADER_LENGTH);
        beginData(flags, streamId, length);
        readData(in, out(ctx));
      } else if (in.readableBytes() >= FRAME_HEADER_LENGTH + length) {
        in.skipBytes(FRAME_HEADER_LENGTH);
        frame(type, flags, streamId, length, in, out(ctx));
        in.readerIndex(start + FRAME_HEADER_LENGTH + length);
      } else {
        return;
      }
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    flush(ctx);
    super.channelReadComplete(ctx);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    sender.socketFull(!ctx.channel().isWritable());
    // A flush causes such events itself, and checks for more to send before it ends.
    if (!flushing && sender.canSend()) {
      flush(ctx);
    }
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    if (out != null) {
      out.release();
      out = null;
    }
  }

  /** The buffer that the next flush writes. */
  protected final ByteBuf out(ChannelHandlerContext ctx) {
    ByteBuf current = out;
    if (current == null) {
      current = ctx.alloc().directBuffer(nextBuffer);
      out = current;
    }
    return current;
  }

  /** Writes {@link #out} and what the sender may send. */
  protected final void flush(ChannelHandlerContext ctx) {
    flushing = true;
    for (int i = 0; i < BUFFERS_PER_FLUSH; i++) {
      if (sender.canSend()) {
        sender.send(out(ctx));
      }
      if (!flushOut(ctx)) {
        break;
      }
    }
    flushing = false;
    if (sender.canSend() && !resuming) {
      resuming = true;
      ctx.executor().execute(() -> resume(ctx));
    }
  }

  private void resume(ChannelHandlerContext ctx) {
    resuming = false;
    if (ctx.channel().isActive()) {
      flush(ctx);
    }
  }

  /** Returns false when there was nothing to write. */
  private boolean flushOut(ChannelHandlerContext ctx) {
    ByteBuf filled = out;
    if (filled == null || !filled.isReadable()) {
      return false;
    }
    out = null;
    // Successive flushes are of similar size: a buffer of the last one's need not grow.
    int grown = filled.readableBytes() + filled.readableBytes() / 4;
    nextBuffer = Math.min(Math.max(grown, SMALLEST_BUFFER), LARGEST_BUFFER);
    ctx.writeAndFlush(filled, ctx.voidPromise());
    return true;
  }

  private void frame(byte type, int flags, int streamId, int length, ByteBuf in, ByteBuf out) {
    switch (type) {
      case Http2FrameTypes.HEADERS -> headers(flags, streamId, out);
      case Http2FrameTypes.WINDOW_UPDATE -> sender.windowUpdate(streamId, in.readInt());
      case Http2FrameTypes.SETTINGS -> settings(flags, length, in, out);
      case Http2FrameTypes.PING -> {
        if ((flags & FrameWriter.ACK) == 0) {
          FrameWriter.pingAck(out, in, length);
        }
      }
      default -> otherFrame(type, streamId, flags, out);
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

  private void beginData(int flags, int streamId, int length) {
    if ((flags & FrameWriter.PADDED) != 0) {
      throw new IllegalStateException("received padded DATA, which no gRPC client needs");
    }
    dataStream = streamId;
    dataLeft = length;
    dataEndsStream = (flags & FrameWriter.END_STREAM) != 0;
  }

  private void readData(ByteBuf in, ByteBuf out) {
    int length = Math.min(dataLeft, in.readableBytes());
    int next = in.readerIndex() + length;
    dataLeft -= length;
    data(dataStream, length, dataEndsStream && dataLeft == 0, in, out);
    in.readerIndex(next);
  }
}
