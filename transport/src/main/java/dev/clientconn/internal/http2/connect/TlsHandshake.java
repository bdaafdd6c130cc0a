// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.Map;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the TLS handshake, requires that ALPN chose {@code h2} (RFC 9113 section 3.2), then
 * replaces itself by the HTTP/2 handler. The certificate must be for the host of the authority (RFC
 * 9110 section 4.3.4).
 */
@EventLoopConfined
public final class TlsHandshake extends ChannelInboundHandlerAdapter {

  /** The name of the handler of TLS to a proxy, which does not protect the calls. */
  static final String OF_THE_PROXY = "proxy-tls";

  private final SslHandler sslHandler;
  private final ChannelHandler next;
  private final ConnectAttempt attempt;

  private TlsHandshake(SslHandler sslHandler, ChannelHandler next, ConnectAttempt attempt) {
    this.sslHandler = sslHandler;
    this.next = next;
    this.attempt = attempt;
  }

  /**
   * Adds TLS to the pipeline.
   *
   * @param next the handler that is added after the handshake
   */
  public static void addTo(
      ChannelPipeline pipeline,
      SslContext context,
      String authority,
      ChannelHandler next,
      ConnectAttempt attempt) {
    SslHandler handler = handler(context, pipeline.channel().alloc(), Authority.parse(authority));
    pipeline.addLast(handler, new TlsHandshake(handler, next, attempt));
  }

  /** Returns a handler that verifies that the certificate is for the host of the authority. */
  static SslHandler handler(SslContext context, ByteBufAllocator alloc, Authority peer) {
    SslHandler handler = context.newHandler(alloc, peer.host(), peer.port());
    SSLParameters parameters = handler.engine().getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    handler.engine().setSSLParameters(parameters);
    // Disabled: ConnectAttempt has one timer for all phases.
    handler.setHandshakeTimeoutMillis(0);
    return handler;
  }

  /** Returns the handler of TLS to the server, {@code null} for plaintext. */
  public static @Nullable SslHandler ofTheServer(ChannelPipeline pipeline) {
    SslHandler found = null;
    for (Map.Entry<String, ChannelHandler> handler : pipeline) {
      if (handler.getValue() instanceof SslHandler tls && !OF_THE_PROXY.equals(handler.getKey())) {
        found = tls;
      }
    }
    return found;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (ctx.channel().isActive()) {
      attempt.tlsHandshakeStarted();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    attempt.tlsHandshakeStarted();
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
    attempt.recordCause(cause);
    ctx.close();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(ctx, cause);
  }
}
