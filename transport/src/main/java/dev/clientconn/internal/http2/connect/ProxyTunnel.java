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
 * Opens a tunnel through an HTTP proxy (CONNECT, RFC 9110 section 9.3.6), then adds TLS and HTTP/2
 * to the pipeline. It has no timeout: its time counts against the timeout of the connection
 * attempt.
 */
@EventLoopConfined
final class ProxyTunnel extends ChannelInboundHandlerAdapter {

  private static final String CONNECT = "connect";

  private final ChannelHandler inside;

  private ProxyTunnel(ChannelHandler inside) {
    this.inside = inside;
  }

  /** Connects to the proxy. The future completes when the tunnel is open or has failed. */
  static ChannelFuture dial(
      Bootstrap tcp, HttpConnectProxiedSocketAddress address, ChannelHandler inside) {
    HttpProxyHandler connect = connectHandler(address);
    connect.setConnectTimeoutMillis(0);
    ProxyResponseHandler response = new ProxyResponseHandler(address);
    ChannelFuture connected = tcp.handler(new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            // HttpProxyHandler adds its HTTP codec in front of itself.
            channel.pipeline().addLast(CONNECT, connect).addLast(new ProxyTunnel(inside));
            channel.pipeline().addBefore(CONNECT, null, response);
          }
        })
        .connect(address.getTargetAddress());
    Channel channel = connected.channel();
    ChannelPromise tunnel = channel.newPromise();
    connected.addListener(f -> {
      if (!f.isSuccess()) {
        tunnel.tryFailure(response.unreachable(f.cause()));
      }
    });
    connect.connectFuture().addListener(f -> {
      if (f.isSuccess()) {
        channel.pipeline().remove(connect);
        tunnel.trySuccess();
      }
    });
    // ConnectAttempt adds its own listener to this future later, and needs the cause by then.
    // Netty 4.2.18 closes the channel of a failed connect before it notifies the listener above.
    channel.closeFuture().addListener(f -> {
      Throwable cause = connected.cause();
      tunnel.tryFailure(cause == null ? response.refusal() : response.unreachable(cause));
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
      // Must happen before the bytes behind the proxy's response are read: the server sent them.
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
