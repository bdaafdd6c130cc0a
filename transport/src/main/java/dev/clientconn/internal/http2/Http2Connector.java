// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.http2.connect.CurrentTls;
import dev.clientconn.internal.http2.connect.EventLoops;
import dev.clientconn.internal.http2.connect.NettyDialer;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.internal.transport.TlsVersion;
import dev.clientconn.internal.transport.TransportConnector;
import dev.clientconn.internal.transport.TransportOptions;
import dev.clientconn.transport.Dialer;
import io.grpc.Attributes;
import io.grpc.SecurityLevel;
import io.netty.channel.IoHandlerFactory;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Creates the HTTP/2 connections of one channel, and holds the event loops that they run on. */
public final class Http2Connector implements TransportConnector {

  private final TransportOptions options;
  private final @Nullable CurrentTls tls;
  private final Dialer dialer;
  private final EventLoops loops;
  private Runnable tlsListener = () -> {};

  private Http2Connector(
      TransportOptions options, @Nullable CurrentTls tls, Dialer dialer, EventLoops loops) {
    this.options = options;
    this.tls = tls;
    this.dialer = dialer;
    this.loops = loops;
  }

  /**
   * @param tls keys and certificates, {@code null} for plaintext
   * @param dialer the user's dialer, {@code null} for TCP and unix sockets
   */
  public static Http2Connector create(
      TransportOptions options, @Nullable CurrentTls tls, @Nullable Dialer dialer) {
    return new Http2Connector(
        options,
        tls,
        dialer == null ? new NettyDialer(options.keepalive()) : dialer,
        EventLoops.lease());
  }

  /** Creates one with the default dialer and a separate event loop, which uses the given I/O. */
  public static Http2Connector createOn(
      TransportOptions options, @Nullable CurrentTls tls, IoHandlerFactory io) {
    return new Http2Connector(
        options, tls, new NettyDialer(options.keepalive()), EventLoops.single(io));
  }

  @Override
  public ClientTransport connect(
      SocketAddress address,
      String authority,
      Attributes addressAttributes,
      ClientTransport.Listener listener) {
    Http2ClientTransport transport = new Http2ClientTransport(
        loops.next(),
        new Http2ClientTransport.Peer(address, authority, tls == null ? null : tls.context()),
        options,
        listener);
    transport.connect(dialer);
    return transport;
  }

  @Override
  public TlsVersion tlsVersion() {
    return tls == null ? TlsVersion.FIXED : tls.version();
  }

  @Override
  public SecurityLevel securityLevel() {
    return tls == null ? SecurityLevel.NONE : SecurityLevel.PRIVACY_AND_INTEGRITY;
  }

  @Override
  public void onTlsChange(Runnable listener) {
    tlsListener = listener;
    if (tls != null) {
      tls.addListener(listener);
    }
  }

  @Override
  public void close() {
    if (tls != null) {
      tls.removeListener(tlsListener);
    }
    loops.release();
  }
}
