// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import static io.netty.handler.codec.http2.Http2CodecUtil.FRAME_HEADER_LENGTH;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads frame headers and hands each frame over undecoded; what is written meanwhile leaves as one write per read.
 * Confined to the event loop.
 */
abstract class FrameSkimmer extends ByteToMessageDecoder {

  private @Nullable ByteBuf out;

  /** A whole frame: the next {@code length} bytes of {@code in} are its payload, to be read or left. */
  abstract void frame(byte type, int flags, int streamId, int length, ByteBuf in, ByteBuf out);

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> ignored) {
    while (in.readableBytes() >= FRAME_HEADER_LENGTH) {
      int length = in.getUnsignedMedium(in.readerIndex());
      if (length > FrameWriter.MAX_FRAME_BYTES) {
        throw new IllegalStateException(
            "a frame of " + length + " bytes came, above the 16384 that were agreed");
      }
      if (in.readableBytes() < FRAME_HEADER_LENGTH + length) {
        return;
      }
      in.skipBytes(3);
      byte type = in.readByte();
      int flags = in.readUnsignedByte();
      int streamId = in.readInt() & Integer.MAX_VALUE;
      int next = in.readerIndex() + length;
      frame(type, flags, streamId, length, in, out(ctx));
      in.readerIndex(next);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    flush(ctx);
    super.channelReadComplete(ctx);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    if (out != null) {
      out.release();
      out = null;
    }
  }

  /** What the next flush sends. */
  final ByteBuf out(ChannelHandlerContext ctx) {
    ByteBuf current = out;
    if (current == null) {
      current = ctx.alloc().directBuffer(16 * 1024);
      out = current;
    }
    return current;
  }

  /** Sends what was written; false when that was nothing. */
  boolean flush(ChannelHandlerContext ctx) {
    ByteBuf turn = out;
    if (turn == null || !turn.isReadable()) {
      return false;
    }
    out = null;
    ctx.writeAndFlush(turn, ctx.voidPromise());
    return true;
  }
}
