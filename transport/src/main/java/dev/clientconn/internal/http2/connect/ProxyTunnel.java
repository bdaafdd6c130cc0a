// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import io.grpc.HttpConnectProxiedSocketAddress;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.handler.proxy.ProxyConnectionEvent;

/**
 * Asks an HTTP proxy for a tunnel (CONNECT, RFC 9110 section 9.3.6), and lets TLS and HTTP/2 in once there is one. The
 * time it takes counts against the timeout of the connection attempt; it has none of its own.
 */
@EventLoopConfined
final class ProxyTunnel extends ChannelInboundHandlerAdapter {

  private static final String CONNECT = "connect";

  private final ChannelHandler inside;

  private ProxyTunnel(ChannelHandler inside) {
    this.inside = inside;
  }

  /** Connects to the proxy; the future is done when the tunnel is there or there will be none. */
  static ChannelFuture dial(
      Bootstrap tcp, HttpConnectProxiedSocketAddress address, ChannelHandler inside) {
    HttpProxyHandler connect = connectHandler(address);
    connect.setConnectTimeoutMillis(0);
    ProxyResponseHandler answer = new ProxyResponseHandler(address);
    ChannelFuture connected = tcp.handler(new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            // Its HTTP codec comes in front of the handler by itself.
            channel.pipeline().addLast(CONNECT, connect).addLast(new ProxyTunnel(inside));
            channel.pipeline().addBefore(CONNECT, null, answer);
          }
        })
        .connect(address.getTargetAddress());
    Channel channel = connected.channel();
    ChannelPromise tunnel = channel.newPromise();
    connected.addListener(f -> {
      if (!f.isSuccess()) {
        tunnel.tryFailure(answer.unreachable(f.cause()));
      }
    });
    connect.connectFuture().addListener(f -> {
      if (f.isSuccess()) {
        channel.pipeline().remove(connect);
        tunnel.trySuccess();
      }
    });
    // The transport listens to this too, and later: it must know the reason by then. Netty 4.2.18
    // closes the channel of a failed connect before it notifies the listener above.
    channel.closeFuture().addListener(f -> {
      Throwable cause = connected.cause();
      tunnel.tryFailure(cause == null ? answer.refusal() : answer.unreachable(cause));
    });
    return tunnel;
  }

  private static HttpProxyHandler connectHandler(HttpConnectProxiedSocketAddress address) {
    HttpHeaders headers = new DefaultHttpHeaders();
    address.getHeaders().forEach(headers::add);
    String user = address.getUsername();
    String password = address.getPassword();
    return user == null
        ? new HttpProxyHandler(address.getProxyAddress(), headers)
        : new HttpProxyHandler(
            address.getProxyAddress(), user, password == null ? "" : password, headers);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ProxyConnectionEvent) {
      // Before the bytes that came behind the proxy's answer: they are the server's.
      ctx.pipeline().replace(this, null, inside);
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
