// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.http2.connect.EventLoops;
import dev.clientconn.internal.http2.connect.NettyDialer;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.internal.transport.TransportConnector;
import dev.clientconn.internal.transport.TransportOptions;
import dev.clientconn.transport.Dialer;
import io.grpc.Attributes;
import io.netty.channel.IoHandlerFactory;
import io.netty.handler.ssl.SslContext;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Creates the HTTP/2 connections of one channel, and holds the event loops that they run on. */
public final class Http2Connector implements TransportConnector {

  private final TransportOptions options;
  private final @Nullable SslContext sslContext;
  private final Dialer dialer;
  private final EventLoops loops;

  private Http2Connector(
      TransportOptions options, @Nullable SslContext sslContext, Dialer dialer, EventLoops loops) {
    this.options = options;
    this.sslContext = sslContext;
    this.dialer = dialer;
    this.loops = loops;
  }

  /**
   * @param sslContext for TLS, {@code null} for plaintext
   * @param dialer the user's dialer, {@code null} for TCP and unix sockets
   */
  public static Http2Connector create(
      TransportOptions options, @Nullable SslContext sslContext, @Nullable Dialer dialer) {
    return new Http2Connector(
        options,
        sslContext,
        dialer == null ? new NettyDialer(options.keepalive()) : dialer,
        EventLoops.lease());
  }

  /** Creates one with the default dialer and a separate event loop, which uses the given I/O. */
  public static Http2Connector createOn(
      TransportOptions options, @Nullable SslContext sslContext, IoHandlerFactory io) {
    return new Http2Connector(
        options, sslContext, new NettyDialer(options.keepalive()), EventLoops.single(io));
  }

  @Override
  public ClientTransport connect(
      SocketAddress address,
      String authority,
      Attributes addressAttributes,
      ClientTransport.Listener listener) {
    Http2ClientTransport transport = new Http2ClientTransport(
        loops.next(),
        new Http2ClientTransport.Peer(address, authority, sslContext),
        options,
        listener);
    transport.connect(dialer);
    return transport;
  }

  @Override
  public void close() {
    loops.release();
  }
}
