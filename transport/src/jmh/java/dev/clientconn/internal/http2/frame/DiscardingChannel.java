// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.frame;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;

/**
 * Provides the channel that Netty's frame reader and writer need; releases what is written and
 * completes the write.
 */
final class DiscardingChannel extends ChannelOutboundHandlerAdapter {

  private final EmbeddedChannel channel =
      new EmbeddedChannel(this, new ChannelOutboundHandlerAdapter());

  /** A context whose writes reach the handler that discards them. */
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
