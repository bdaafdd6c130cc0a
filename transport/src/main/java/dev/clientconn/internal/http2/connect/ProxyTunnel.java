// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import static java.util.Objects.requireNonNull;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.transport.TunnelAddress;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Connects to a proxy, adds TLS where the proxy has it, and has a {@link ProxyHandshake} connect to
 * the server, in front of the TLS and HTTP/2 of the server.
 */
@EventLoopConfined
final class ProxyTunnel {

  private ProxyTunnel() {}

  /**
   * Opens the tunnel. The future completes when it is open or has failed.
   *
   * @param inside the handler of the connection to the server
   * @param connector connects to the proxy with the given handler
   */
  static ChannelFuture open(
      TunnelAddress address,
      EventLoop loop,
      ChannelHandler inside,
      Function<ChannelHandler, ChannelFuture> connector) {
    Promise<Void> opened = loop.newPromise();
    ProxyHandshake handshake = handshake(address, inside, opened);
    ChannelFuture connected = connector.apply(pipeline(address, tls(address), handshake));
    Channel channel = connected.channel();
    // Not the channel's own promise: where no socket can be opened, Netty's channel has no loop.
    ChannelPromise tunnel = new DefaultChannelPromise(channel, loop);
    connected.addListener(f -> {
      if (!f.isSuccess()) {
        tunnel.tryFailure(ProxyHandshake.unreachable(f.cause()));
      }
    });
    opened.addListener(f -> tunnel.trySuccess());
    // ConnectAttempt adds its own listener to this future later, and needs the cause by then.
    // Netty 4.2.18 closes the channel of a failed connect before it notifies the listener above.
    channel.closeFuture().addListener(f -> {
      Throwable cause = connected.cause();
      tunnel.tryFailure(cause == null ? handshake.failure() : ProxyHandshake.unreachable(cause));
    });
    return tunnel;
  }

  private static ProxyHandshake handshake(
      TunnelAddress address, ChannelHandler inside, Promise<Void> opened) {
    return switch (address.protocol()) {
      case HTTP, HTTPS -> new HttpConnectHandshake(address, inside, opened);
      case SOCKS4 -> new Socks4Handshake(address, inside, opened);
      case SOCKS5 -> new Socks5Handshake(address, inside, opened);
    };
  }

  /** The supplier is foreign code. */
  private static @Nullable SslContext tls(TunnelAddress address) {
    Supplier<SslContext> supplier = address.tls();
    return supplier == null
        ? null
        : requireNonNull(supplier.get(), "the supplier of TLS to the proxy returned null");
  }

  private static ChannelHandler pipeline(
      TunnelAddress address, @Nullable SslContext tls, ProxyHandshake handshake) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        if (tls != null && address.proxy() instanceof InetSocketAddress proxy) {
          Authority peer = new Authority(proxy.getHostString(), proxy.getPort());
          channel
              .pipeline()
              .addLast(TlsHandshake.OF_THE_PROXY, TlsHandshake.handler(tls, channel.alloc(), peer));
        }
        channel.pipeline().addLast(handshake);
      }

      /** The TLS context is foreign code. */
      @Override
      public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        handshake.fail(ctx, ProxyTlsFailure.of(cause));
      }
    };
  }
}
