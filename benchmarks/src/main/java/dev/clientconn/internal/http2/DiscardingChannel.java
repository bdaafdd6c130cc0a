// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;

/** Where Netty's frame reader and writer find what they ask a channel for; takes each write as done. */
final class DiscardingChannel extends ChannelOutboundHandlerAdapter {

  private final EmbeddedChannel channel =
      new EmbeddedChannel(this, new ChannelOutboundHandlerAdapter());

  /** A context above the handler that discards. */
  ChannelHandlerContext context() {
    return channel.pipeline().lastContext();
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    ReferenceCountUtil.release(message);
    promise.trySuccess();
  }

  void close() {
    channel.finishAndReleaseAll();
  }
}
