// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.transport.Dialer;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.NoopAddressResolverGroup;

/** The default dialer: TCP, over whichever I/O the event loop does. */
final class NettyDialer implements Dialer {

  /** A turn of the writer fits in, and the next one waits until the socket has taken it. */
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(Turn.MAX_WRITE / 2, Turn.MAX_WRITE);

  @Override
  public ChannelFuture dial(Request request) {
    long timeoutMillis = request.connectTimeout().toMillis();
    return new Bootstrap()
        .group(request.eventLoop())
        .channel(channelType(request.eventLoop()))
        // Names are the channel's to resolve: doing it here would block the loop.
        .resolver(NoopAddressResolverGroup.INSTANCE)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
            Math.max(1, Math.min(Integer.MAX_VALUE, timeoutMillis)))
        .handler(request.handler())
        .connect(request.address());
  }

  private static Class<? extends Channel> channelType(EventLoop loop) {
    return loop instanceof IoEventLoop io && io.isIoType(EpollIoHandler.class)
        ? EpollSocketChannel.class
        : NioSocketChannel.class;
  }
}
