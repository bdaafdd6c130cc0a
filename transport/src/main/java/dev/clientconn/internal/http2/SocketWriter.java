// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.http2.TransportCounters.Figure;
import dev.clientconn.internal.http2.frame.Framer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/** Writes framed bytes to the socket, and reports whether the socket accepts more. */
@EventLoopConfined
final class SocketWriter {

  /** Framed bytes held before an unwritable socket, above which no stream is opened. */
  static final int MAX_HELD = 64 * 1024;

  private final Framer framer;
  private final TransportCounters counters;
  /** {@code null} before the channel is up, and after the last write. */
  private @Nullable ChannelHandlerContext ctx;

  SocketWriter(Framer framer, TransportCounters counters) {
    this.framer = framer;
    this.counters = counters;
  }

  Framer framer() {
    return framer;
  }

  void connected(ChannelHandlerContext context) {
    ctx = context;
  }

  /** Discards what is flushed from now on. */
  void stop() {
    ctx = null;
  }

  /** Whether what is flushed goes to a socket. */
  boolean canWrite() {
    return ctx != null;
  }

  boolean isWritable() {
    return ctx != null && ctx.channel().isWritable();
  }

  /**
   * Whether HEADERS may be framed now. A peer that does not read must not make this side queue the
   * HEADERS of every new call: past a bound they wait as for a stream slot, where a deadline or a
   * cancel ends the call and nothing is sent for it.
   */
  boolean takesHeaders() {
    return framer.bufferedBytes() < MAX_HELD || isWritable();
  }

  /**
   * Hands all framed bytes to the socket: one write and one flush, unless they fill several
   * buffers.
   */
  void flush() {
    ByteBuf part = framer.takeBuffer();
    while (part != null) {
      if (ctx == null) {
        part.release();
      } else {
        counters.add(Figure.BYTES_SENT, part.readableBytes());
        if (framer.bufferedBytes() == 0) {
          ctx.writeAndFlush(trimmed(ctx, part), ctx.voidPromise());
        } else {
          ctx.write(trimmed(ctx, part), ctx.voidPromise());
        }
      }
      part = framer.takeBuffer();
    }
  }

  /**
   * Copies a few bytes out of a large buffer where the socket is behind: they may wait there for
   * long, and must not keep the large buffer from the pool.
   */
  private static ByteBuf trimmed(ChannelHandlerContext ctx, ByteBuf part) {
    int length = part.readableBytes();
    if (length > part.capacity() / 4 || !isBehind(ctx.channel())) {
      return part;
    }
    try {
      return ctx.alloc().directBuffer(length).writeBytes(part);
    } finally {
      part.release();
    }
  }

  /** Whether the socket has not taken everything written before. */
  private static boolean isBehind(Channel channel) {
    return channel.bytesBeforeUnwritable() < channel.config().getWriteBufferHighWaterMark();
  }
}
