// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.transport.TransportOptions.KeepaliveOptions;
import dev.clientconn.transport.Dialer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NettyDialerTest {

  @Conforms("T006")
  @Test
  void tcpUserTimeoutIsTheKeepaliveTimeout() throws IOException {
    KeepaliveOptions keepalive =
        new KeepaliveOptions(Duration.ofSeconds(10), Duration.ofSeconds(7), false);

    assertThat(userTimeout(keepalive)).isEqualTo(7_000);
  }

  @Test
  void tcpUserTimeoutIsTheDefaultWithoutKeepalive() throws IOException {
    assertThat(userTimeout(null)).isZero();
  }

  private static int userTimeout(@Nullable KeepaliveOptions keepalive) throws IOException {
    assumeTrue(Epoll.isAvailable(), "TCP_USER_TIMEOUT is epoll's alone");
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Channel channel = new NettyDialer(keepalive)
          .dial(new Dialer.Request(
              server.getLocalSocketAddress(),
              loops.next(),
              new ChannelInboundHandlerAdapter(),
              Duration.ofSeconds(5)))
          .syncUninterruptibly()
          .channel();
      int timeout = channel.config().getOption(EpollChannelOption.TCP_USER_TIMEOUT);
      channel.close().syncUninterruptibly();
      return timeout;
    } finally {
      loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }
}
