// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import dev.clientconn.internal.transport.TransportOptions.KeepaliveOptions;
import dev.clientconn.transport.Dialer;
import dev.clientconn.transport.TunnelAddress;
import io.grpc.ProxiedSocketAddress;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.NoopAddressResolverGroup;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Dials TCP, unix sockets and proxies with the I/O of the event loop. This is the default dialer.
 */
public final class NettyDialer implements Dialer {

  /**
   * Bytes waiting for the socket above which a channel is not writable. One turn of the loop writes
   * at most this much; the next one waits until the socket has taken it.
   */
  public static final int HIGH_WATER_MARK = 1024 * 1024;

  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(HIGH_WATER_MARK / 2, HIGH_WATER_MARK);

  private final @Nullable KeepaliveOptions keepalive;

  /**
   * @param keepalive its timeout also bounds how long sent bytes may stay unacknowledged by TCP
   */
  public NettyDialer(@Nullable KeepaliveOptions keepalive) {
    this.keepalive = keepalive;
  }

  @Override
  public ChannelFuture dial(Request request) {
    return request.address() instanceof ProxiedSocketAddress proxied
        ? dialProxy(request, proxied)
        : connect(request, request.address(), request.handler());
  }

  private ChannelFuture dialProxy(Request request, ProxiedSocketAddress proxied) {
    TunnelAddress tunnel = TunnelAddress.of(proxied);
    if (tunnel == null) {
      throw new UnsupportedOperationException("the ProxyDetector returned an address of type "
          + proxied.getClass().getName()
          + ": return a TunnelAddress or an HttpConnectProxiedSocketAddress, or give the channel a"
          + " Dialer that connects to it");
    }
    return ProxyTunnel.open(
        tunnel,
        request.eventLoop(),
        request.handler(),
        handler -> connect(request, tunnel.proxy(), handler));
  }

  private ChannelFuture connect(Request request, SocketAddress address, ChannelHandler handler) {
    boolean epoll = isEpoll(request.eventLoop());
    if (address instanceof InetSocketAddress) {
      return tcp(request, epoll).handler(handler).connect(address);
    }
    if (UnixSocket.is(address)) {
      return bootstrap(request)
          .channel(UnixSocket.channelType(epoll))
          .handler(handler)
          .connect(UnixSocket.address(address, epoll));
    }
    throw new UnsupportedOperationException(
        "addresses of type " + address.getClass().getName()
            + " are not known: give the channel a Dialer that connects to them");
  }

  private Bootstrap tcp(Request request, boolean epoll) {
    Bootstrap tcp = bootstrap(request)
        .channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true);
    if (epoll && keepalive != null) {
      // gRFC A18: a ping that TCP retransmits for minutes must not outlive the ping's own timeout.
      tcp.option(EpollChannelOption.TCP_USER_TIMEOUT, millis(keepalive.timeout()));
    }
    return tcp;
  }

  private static Bootstrap bootstrap(Request request) {
    return new Bootstrap()
        .group(request.eventLoop())
        // The channel has resolved the name; a lookup here would block the loop.
        .resolver(NoopAddressResolverGroup.INSTANCE)
        .option(ChannelOption.ALLOCATOR, LoopAllocator.ofConnections())
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
        // Disabled: ConnectAttempt has one timer for all phases.
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0);
  }

  private static int millis(Duration time) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, time.toMillis()));
  }

  private static boolean isEpoll(EventLoop loop) {
    return loop instanceof IoEventLoop io && io.isIoType(EpollIoHandler.class);
  }
}
