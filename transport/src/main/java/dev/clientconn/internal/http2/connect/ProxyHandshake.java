// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.transport.TunnelAddress;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Promise;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Asks a proxy to connect to the server, then replaces itself by the handler of the connection to
 * the server. If the proxy refuses, it closes the channel, and {@link #failure} says why. It has no
 * timeout: its time counts against the timeout of the connection attempt. Never shows a password.
 */
@EventLoopConfined
abstract class ProxyHandshake extends ByteToMessageDecoder {

  /** The first byte of a response: "HTTP/1", a version, and what SOCKS4 has in its place. */
  static final int HTTP = 'H';

  static final int SOCKS5 = 5;
  static final int SOCKS4 = 0;

  /** The first byte of a TLS record with an alert (RFC 8446 section 5.1). */
  private static final int TLS_ALERT = 21;

  private final TunnelAddress address;
  private final ChannelHandler inside;
  private final Promise<Void> opened;
  private boolean connected;
  private boolean responding;
  /** What the proxy must respond to, {@code null} before the first request. */
  private @Nullable String request;

  private @Nullable ProxyException failure;

  /**
   * @param inside the handler of the connection to the server
   * @param opened completed when the proxy has connected to the server
   */
  ProxyHandshake(TunnelAddress address, ChannelHandler inside, Promise<Void> opened) {
    this.address = address;
    this.inside = inside;
    this.opened = opened;
  }

  /** The first byte of each response in this protocol. */
  abstract int firstByte();

  /** Sends the first request. */
  abstract void begin(ChannelHandlerContext ctx);

  /** Reads one response if it is complete, and continues; otherwise reads nothing. */
  abstract void respond(ChannelHandlerContext ctx, ByteBuf response);

  final TunnelAddress address() {
    return address;
  }

  /**
   * Sends a request.
   *
   * @param what the request, for error messages: without a secret
   */
  final void send(ChannelHandlerContext ctx, String what, ByteBuf bytes) {
    request = what;
    ctx.writeAndFlush(bytes);
  }

  /** The proxy has connected to the server: what it sends from now on is the server's. */
  final void succeed(ChannelHandlerContext ctx) {
    // Must happen before further bytes are read. This decoder forwards those that it has already.
    ctx.pipeline().replace(this, null, inside);
    opened.trySuccess(null);
  }

  /** Closes the channel, because the proxy has responded to the last request in this way. */
  final void refuse(ChannelHandlerContext ctx, String how) {
    fail(ctx, new ProxyException("the proxy responded to " + request + " " + how, null));
  }

  final void fail(ChannelHandlerContext ctx, ProxyException reason) {
    if (failure == null) {
      failure = reason;
    }
    ctx.close();
  }

  /** Says how to name a user, to one who has named none. */
  final String loginAdvice() {
    return "give it a user and a password, as in HTTPS_PROXY="
        + address.protocol().name().toLowerCase(Locale.ROOT) + "://user:password@host:port";
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    connected = true;
    if (address.tls() == null) {
      begin(ctx);
    }
  }

  /** The event of TLS to the proxy, which is the only TLS of the channel so far. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        begin(ctx);
      } else {
        fail(ctx, ProxyTlsFailure.of(handshake.cause()));
      }
      return;
    }
    super.userEventTriggered(ctx, event);
  }

  @Override
  protected final void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (failure != null) {
      in.skipBytes(in.readableBytes());
      return;
    }
    int first = in.getUnsignedByte(in.readerIndex());
    if (!responding && first != firstByte()) {
      refuse(
          ctx,
          "in " + protocolOf(first) + ", not in " + protocolOf(firstByte())
              + ": check its address and its scheme (http, https, socks4 or socks5)");
      return;
    }
    responding = true;
    respond(ctx, in);
  }

  private static String protocolOf(int firstByte) {
    return switch (firstByte) {
      case HTTP -> "HTTP";
      case SOCKS5 -> "SOCKS5";
      case SOCKS4 -> "SOCKS4";
      case TLS_ALERT -> "TLS";
      default -> "another protocol";
    };
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(ctx, ProxyTlsFailure.isTls(cause) ? ProxyTlsFailure.of(cause) : closed(cause));
  }

  /** What the attempt does now, for error messages. */
  final String doing() {
    if (!connected) {
      return "connecting to the proxy";
    }
    return request == null
        ? "in the TLS handshake with the proxy"
        : "waiting for the proxy's response to " + request;
  }

  /** The connection to the proxy was not established. */
  static ProxyException unreachable(Throwable cause) {
    return new ProxyException(
        "the proxy cannot be reached (" + ConnectFailure.reason(cause)
            + "): check its address, by HTTPS_PROXY, https.proxyHost, socksProxyHost, proxy.address"
            + " with Spring, or the channel's ProxyDetector",
        cause);
  }

  /** Why there is no tunnel. Call after the connection to the proxy has ended. */
  final ProxyException failure() {
    return failure == null ? closed(null) : failure;
  }

  private ProxyException closed(@Nullable Throwable cause) {
    return new ProxyException(
        "the proxy closed the connection while this side was " + doing()
            + ": check its address and its scheme (http, https, socks4 or socks5)",
        cause);
  }
}
