// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.transport.TunnelAddress;
import dev.clientconn.transport.TunnelAddress.Protocol;
import io.grpc.Status;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProxyTunnelTest {

  private final EventLoop loop = new DefaultEventLoop();

  @AfterEach
  void stop() {
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
  }

  /** The channel that Netty returns then has no event loop, and is never closed. */
  @ParameterizedTest
  @EnumSource(names = {"HTTP", "SOCKS4", "SOCKS5"})
  void socketThatCannotBeOpenedFailsTheAttemptAtOnce(Protocol protocol) {
    InetSocketAddress proxy = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1080);
    TunnelAddress address = TunnelAddress.through(
        protocol, proxy, InetSocketAddress.createUnresolved("greeter.example", 443));
    CompletableFuture<Status> ended = new CompletableFuture<>();
    ConnectAttempt attempt =
        new ConnectAttempt(loop, address, Duration.ofDays(1), ended::complete, ended::complete);

    loop.execute(() -> attempt.dial(() -> ProxyTunnel.open(
        address,
        loop,
        new ChannelInboundHandlerAdapter(),
        handler -> new Bootstrap()
            .group(loop)
            .channelFactory(() -> {
              throw new ChannelException("Too many open files");
            })
            .handler(handler)
            .connect(proxy))));

    assertThat(ended)
        .succeedsWithin(Duration.ofSeconds(30))
        .extracting(Status::getDescription)
        .asString()
        .contains("the proxy cannot be reached", "Too many open files");
  }
}
