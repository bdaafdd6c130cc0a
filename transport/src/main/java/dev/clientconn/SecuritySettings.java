// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import dev.clientconn.internal.http2.Http2Connector;
import dev.clientconn.internal.http2.connect.TlsCredentials;
import dev.clientconn.internal.transport.TransportConnector;
import dev.clientconn.internal.transport.TransportOptions;
import dev.clientconn.transport.Dialer;
import io.grpc.CallCredentials;
import io.grpc.ChannelCredentials;
import io.grpc.CompositeCallCredentials;
import io.grpc.CompositeChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

/** How a builder's connections are secured: TLS unless plaintext was asked for. The only class that names the transport. */
final class SecuritySettings {
  private final boolean fixed;
  private ChannelCredentials credentials;
  private @Nullable CallCredentials callCredentials;
  private @Nullable SslContext sslContext;

  /** TLS, to be changed. */
  SecuritySettings() {
    this.fixed = false;
    this.credentials = TlsChannelCredentials.create();
  }

  /** What the credentials say, for good. */
  SecuritySettings(ChannelCredentials given) {
    this.fixed = true;
    this.credentials = TlsCredentials.understood(given);
    while (credentials instanceof CompositeChannelCredentials composite) {
      CallCredentials outer = composite.getCallCredentials();
      callCredentials =
          callCredentials == null ? outer : new CompositeCallCredentials(outer, callCredentials);
      credentials = TlsCredentials.understood(composite.getChannelCredentials());
    }
    this.sslContext = toSslContext(credentials);
  }

  void use(SslContext context) {
    checkChangeable("sslContext");
    if (!context.isClient()) {
      throw new IllegalArgumentException(
          "sslContext must be a client's: make it by SslContextBuilder.forClient()");
    }
    if (!context.applicationProtocolNegotiator().protocols().contains("h2")) {
      throw new IllegalArgumentException("sslContext must offer h2 by ALPN: set"
          + " applicationProtocolConfig with ApplicationProtocolNames.HTTP_2");
    }
    credentials = TlsChannelCredentials.create();
    sslContext = context;
  }

  void usePlaintext() {
    checkChangeable("usePlaintext");
    credentials = InsecureChannelCredentials.create();
    sslContext = null;
  }

  void useTransportSecurity() {
    checkChangeable("useTransportSecurity");
    if (isPlaintext()) {
      credentials = TlsChannelCredentials.create();
    }
  }

  boolean isPlaintext() {
    return credentials instanceof InsecureChannelCredentials;
  }

  ChannelCredentials credentials() {
    return credentials;
  }

  @Nullable
  CallCredentials callCredentials() {
    return callCredentials;
  }

  TransportConnector connector(TransportOptions options, @Nullable Dialer dialer) {
    return Http2Connector.create(
        options, sslContext != null ? sslContext : toSslContext(credentials), dialer);
  }

  private static @Nullable SslContext toSslContext(ChannelCredentials credentials) {
    try {
      return TlsCredentials.toSslContext(credentials);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalArgumentException("The channel credentials cannot be used for TLS: " + e, e);
    }
  }

  private void checkChangeable(String option) {
    if (fixed) {
      throw new IllegalStateException("ClientConnBuilder." + option
          + " cannot change what the channel credentials say: leave one of the two out");
    }
  }
}
