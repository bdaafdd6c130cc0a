// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.http2.connect.AuthorityCheck;
import dev.clientconn.internal.http2.connect.ConnectAttempt;
import dev.clientconn.internal.http2.connect.TlsHandshake;
import dev.clientconn.transport.TransportSnapshot.Tls;
import io.grpc.Attributes;
import io.grpc.Grpc;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.net.SocketAddress;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Makes the attributes of a connection: its addresses and TLS session, as the channel's transport
 * filters change them. The event loop makes them, any thread reads them.
 */
@CrossesThreads
final class TransportAttributes {

  private final TransportCounters counters;
  private final @Nullable AuthorityCheck authorities;
  private final TransportFilters filters;
  /**
   * Of a ready connection with TLS, because a closed channel has no session any more, or with
   * filters. Otherwise {@code null}, and the attributes are made on demand: most connections are
   * never asked for them.
   */
  private volatile @Nullable Attributes kept;
  /** Whether the TLS session is an earlier connection's; {@code null} where that is unknown. */
  private volatile @Nullable Boolean resumed;

  /**
   * @param authorities {@code null} for plaintext
   */
  TransportAttributes(
      TransportCounters counters, @Nullable AuthorityCheck authorities, TransportFilters filters) {
    this.counters = counters;
    this.authorities = authorities;
    this.filters = filters;
  }

  Attributes current() {
    Attributes known = kept;
    return known == null ? ofAddresses() : known;
  }

  /**
   * Completes the attributes. Called once on the loop, when the peer's SETTINGS have arrived.
   *
   * @throws IllegalStateException if a filter throws or returns null
   */
  Attributes onReady(ConnectAttempt connectAttempt) {
    Channel channel = connectAttempt.channel();
    SslHandler tls = channel == null ? null : TlsHandshake.ofTheServer(channel.pipeline());
    if (tls != null) {
      SSLSession session = tls.engine().getSession();
      if (authorities != null) {
        authorities.handshakeCompleted(session);
      }
      resumed = TlsReport.isResumed(session, counters);
      kept = ofAddresses().toBuilder()
          .set(Grpc.TRANSPORT_ATTR_SSL_SESSION, session)
          .build();
    }
    if (!filters.isEmpty()) {
      kept = filtered(connectAttempt);
    }
    return current();
  }

  /** Whether the TLS session is known to be an earlier connection's. */
  boolean isResumed() {
    return Boolean.TRUE.equals(resumed);
  }

  /** The TLS session of a ready connection, {@code null} for plaintext and before. */
  @Nullable
  Tls tls() {
    Attributes known = kept;
    SSLSession session = known == null ? null : known.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    return session == null ? null : TlsReport.of(session, resumed);
  }

  private Attributes filtered(ConnectAttempt connectAttempt) {
    try {
      return filters.ready(current());
    } catch (IllegalStateException e) {
      // The status of the connection's end names the filter, whatever wraps the exception later.
      connectAttempt.recordCause(e);
      throw e;
    }
  }

  private Attributes ofAddresses() {
    Attributes.Builder builder = Attributes.newBuilder();
    SocketAddress remote = counters.remote();
    if (remote != null) {
      builder.set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, remote);
    }
    SocketAddress local = counters.local();
    if (local != null) {
      builder.set(Grpc.TRANSPORT_ATTR_LOCAL_ADDR, local);
    }
    return builder.build();
  }
}
