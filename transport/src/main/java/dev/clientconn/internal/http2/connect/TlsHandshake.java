// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import javax.net.ssl.SSLParameters;

/**
 * Waits for the TLS handshake, insists on ALPN {@code h2} (RFC 9113 section 3.2), then makes room for HTTP/2. The
 * certificate must be for the host of the authority (RFC 2818).
 */
@EventLoopConfined
public final class TlsHandshake extends ChannelInboundHandlerAdapter {

  private final SslHandler sslHandler;
  private final ChannelHandler next;
  private final ConnectAttempt connecting;

  private TlsHandshake(SslHandler sslHandler, ChannelHandler next, ConnectAttempt connecting) {
    this.sslHandler = sslHandler;
    this.next = next;
    this.connecting = connecting;
  }

  /** Adds TLS and, behind it, what goes on after the handshake. */
  public static void addTo(
      ChannelPipeline pipeline,
      SslContext context,
      String authority,
      ChannelHandler next,
      ConnectAttempt connecting) {
    Authority peer = Authority.parse(authority);
    SslHandler handler = context.newHandler(pipeline.channel().alloc(), peer.host(), peer.port());
    SSLParameters parameters = handler.engine().getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    handler.engine().setSSLParameters(parameters);
    // The whole way to SETTINGS has one timeout, and it is not Netty's.
    handler.setHandshakeTimeoutMillis(0);
    pipeline.addLast(handler, new TlsHandshake(handler, next, connecting));
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (ctx.channel().isActive()) {
      connecting.handshaking();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    connecting.handshaking();
    ctx.fireChannelActive();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        succeeded(ctx);
      } else {
        fail(ctx, handshake.cause());
      }
    }
    super.userEventTriggered(ctx, event);
  }

  private void succeeded(ChannelHandlerContext ctx) {
    String protocol = sslHandler.applicationProtocol();
    if (ApplicationProtocolNames.HTTP_2.equals(protocol)) {
      ctx.pipeline().replace(this, "http2", next);
      return;
    }
    fail(
        ctx,
        new NoHttp2Exception("the server "
            + (protocol == null ? "took part in no ALPN" : "chose " + protocol + " by ALPN")
            + ", where gRPC needs HTTP/2 (h2): is this a gRPC port, and does the server, or the"
            + " proxy in front of it, have HTTP/2 switched on?"));
  }

  private void fail(ChannelHandlerContext ctx, Throwable cause) {
    connecting.recordCause(cause);
    ctx.close();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(ctx, cause);
  }
}
