// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** Serves a connection without HTTP/2: sends given bytes, and discards what it receives. */
final class RawConnection extends ChannelInboundHandlerAdapter {

  private final @Nullable ByteBuf atOpen;

  private @Nullable ByteBuf atFirstRead;

  RawConnection(@Nullable ByteBuf atOpen, @Nullable ByteBuf atFirstRead) {
    this.atOpen = atOpen;
    this.atFirstRead = atFirstRead;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    if (this.atOpen != null) {
      context.writeAndFlush(this.atOpen);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object received) {
    ReferenceCountUtil.release(received);
    if (this.atFirstRead != null) {
      context.writeAndFlush(this.atFirstRead).addListener(ChannelFutureListener.CLOSE);
      this.atFirstRead = null;
    }
  }

  /** The client may reset the connection at any time. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }
}
