// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import static io.netty.handler.codec.http2.Http2CodecUtil.FRAME_HEADER_LENGTH;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads frame headers and hands each frame over undecoded, DATA as it comes and all else whole; what is written meanwhile
 * leaves as one write per read. Confined to the event loop.
 */
abstract class FrameSkimmer extends ByteToMessageDecoder {

  private static final int SMALLEST_BUFFER = 4 * 1024;
  private static final int LARGEST_BUFFER = 320 * 1024;

  private @Nullable ByteBuf out;
  private int nextBuffer = SMALLEST_BUFFER;
  private int dataStream;
  private int dataLeft;
  private boolean dataEndsStream;

  /** A whole frame: the next {@code length} bytes of {@code in} are its payload, to be read or left. */
  abstract void frame(byte type, int flags, int streamId, int length, ByteBuf in, ByteBuf out);

  /** Part of a DATA frame, the next {@code length} bytes of {@code in}; {@code endStream} with the last of the stream. */
  abstract void data(int streamId, int length, boolean endStream, ByteBuf in, ByteBuf out);

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> ignored) {
    if (dataLeft > 0) {
      readData(in, out(ctx));
    }
    while (in.readableBytes() >= FRAME_HEADER_LENGTH) {
      int start = in.readerIndex();
      int length = in.getUnsignedMedium(start);
      if (length > FrameWriter.MAX_FRAME_BYTES) {
        throw new IllegalStateException(
            "a frame of " + length + " bytes came, above the 16384 that were agreed");
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
      current = ctx.alloc().directBuffer(nextBuffer);
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
    // Turns resemble each other: what the last one took saves this one's buffer from growing step
    // by step.
    int grown = turn.readableBytes() + turn.readableBytes() / 4;
    nextBuffer = Math.min(Math.max(grown, SMALLEST_BUFFER), LARGEST_BUFFER);
    ctx.writeAndFlush(turn, ctx.voidPromise());
    return true;
  }

  private void beginData(int flags, int streamId, int length) {
    if ((flags & FrameWriter.PADDED) != 0) {
      throw new IllegalStateException("padded DATA came, which no client of gRPC has a use for");
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
