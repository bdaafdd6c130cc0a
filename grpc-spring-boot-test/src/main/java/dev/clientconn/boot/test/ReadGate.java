// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;

/** Stops the reading of a connection: the codec requests reads itself, even without autoRead. */
final class ReadGate extends ChannelOutboundHandlerAdapter {

  private boolean closed;

  @Override
  public void read(ChannelHandlerContext context) {
    if (!this.closed) {
      context.read();
    }
  }

  static void close(Channel channel) {
    set(channel, true);
  }

  static void open(Channel channel) {
    set(channel, false);
  }

  private static void set(Channel channel, boolean closed) {
    ReadGate gate = channel.pipeline().get(ReadGate.class);
    if (gate != null) {
      gate.closed = closed;
    }
    channel.config().setAutoRead(!closed);
  }
}
