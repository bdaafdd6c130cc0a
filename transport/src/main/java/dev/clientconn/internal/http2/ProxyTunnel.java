// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.threading.EventLoopConfined;
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
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.proxy.ProxyConnectionEvent;
import java.net.SocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks an HTTP proxy for a tunnel (CONNECT, RFC 9110 section 9.3.6), and lets TLS and HTTP/2 in once there is one. The
 * time it takes counts against the timeout of the connection attempt; it has none of its own.
 */
@EventLoopConfined
final class ProxyTunnel extends ChannelInboundHandlerAdapter {

  private static final Pattern STATUS = Pattern.compile("status: (\\d{3})([^,]*)");
  private static final int NO_HTTP = 999;

  private final ChannelHandler inside;

  private ProxyTunnel(ChannelHandler inside) {
    this.inside = inside;
  }

  /** Connects to the proxy; the future is done when the tunnel is there or there will be none. */
  static ChannelFuture dial(
      Bootstrap tcp, HttpConnectProxiedSocketAddress address, ChannelHandler inside) {
    HttpProxyHandler connect = connectHandler(address);
    connect.setConnectTimeoutMillis(0);
    ChannelFuture connected = tcp.handler(new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            channel.pipeline().addLast(connect, new ProxyTunnel(inside));
          }
        })
        .connect(address.getTargetAddress());
    ChannelPromise tunnel = connected.channel().newPromise();
    connected.addListener(f -> {
      if (!f.isSuccess()) {
        tunnel.tryFailure(unreachable(address.getProxyAddress(), f.cause()));
      }
    });
    connect.connectFuture().addListener(f -> {
      if (f.isSuccess()) {
        connected.channel().pipeline().remove(connect);
        tunnel.trySuccess();
      } else {
        tunnel.tryFailure(refused(address, f.cause()));
      }
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
    // The connect future has told it already, or else the channel's end will.
    ctx.close();
  }

  private static ProxyException unreachable(SocketAddress proxy, Throwable cause) {
    return new ProxyException(
        "the proxy cannot be reached (" + ConnectFailure.reason(cause)
            + "): check HTTPS_PROXY, https.proxyHost or the channel's ProxyDetector for "
            + PeerName.of(proxy),
        cause);
  }

  private static ProxyException refused(HttpConnectProxiedSocketAddress address, Throwable cause) {
    String what = "the proxy " + PeerName.of(address.getProxyAddress()) + " ";
    String target = PeerName.of(address.getTargetAddress());
    Matcher status = STATUS.matcher(String.valueOf(cause.getMessage()));
    if (!(cause instanceof ProxyConnectException) || !status.find()) {
      return new ProxyException(
          what + "closed the connection instead of answering CONNECT " + target
              + ": is it an HTTP proxy?",
          cause);
    }
    int code = Integer.parseInt(status.group(1));
    if (code == NO_HTTP) {
      return new ProxyException(
          what + "did not answer CONNECT " + target + " in HTTP/1: is it an HTTP proxy?", cause);
    }
    return new ProxyException(
        what + "answered CONNECT " + target + " with " + code + status.group(2) + ": "
            + advice(code, address.getUsername() != null),
        cause);
  }

  private static String advice(int code, boolean authenticated) {
    if (code == 407) {
      return authenticated
          ? "it does not accept this user and password"
          : "give it a user and a password, as in HTTPS_PROXY=http://user:password@host:port";
    }
    if (code == 403 || code == 405) {
      return "have the proxy allow this target, or keep the target off it (NO_PROXY)";
    }
    return "see the proxy's log";
  }
}
