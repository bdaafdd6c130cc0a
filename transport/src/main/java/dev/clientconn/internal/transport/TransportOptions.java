// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import dev.clientconn.transport.TransportListener;
import io.grpc.ClientTransportFilter;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds the options of the connections of one channel.
 *
 * @param userAgent value of {@code user-agent}
 * @param acceptEncoding value of {@code grpc-accept-encoding}, {@code null} if only identity is
 *     supported
 * @param connectTimeout time from the dial to the peer's SETTINGS, proxy and TLS handshake included
 * @param streamWindow initial receive window of a stream, bytes, 65,535 to 2^31-1
 * @param connectionWindow initial receive window of a connection, bytes, 65,535 to 2^31-1
 * @param growWindows whether windows grow to the bandwidth-delay product
 * @param maxInboundMetadataSize largest header list accepted, bytes counted as in RFC 9113 section
 *     6.5.2
 * @param neverIndexedHeaders lower-case names of request headers that HPACK never indexes, in
 *     addition to secrets and one-off values
 * @param maxPendingStreams number of calls that may wait for a stream slot on one connection
 * @param keepalive when to ping, {@code null} for never
 * @param filters called when a connection is ready and when it has ended
 * @param listener notified when calls have waited
 */
public record TransportOptions(
    CharSequence userAgent,
    @Nullable String acceptEncoding,
    Duration connectTimeout,
    int streamWindow,
    int connectionWindow,
    boolean growWindows,
    int maxInboundMetadataSize,
    Set<String> neverIndexedHeaders,
    int maxPendingStreams,
    @Nullable KeepaliveOptions keepalive,
    List<ClientTransportFilter> filters,
    TransportListener listener) {

  /**
   * Keepalive (gRFC A8).
   *
   * @param time idle time after which a ping is sent; shared by the connections, because a server
   *     may raise it
   * @param timeout time after a ping without any received byte after which the connection is closed
   * @param withoutCalls whether to ping while no stream is open
   */
  public record KeepaliveOptions(KeepaliveTime time, Duration timeout, boolean withoutCalls) {

    public KeepaliveOptions(Duration time, Duration timeout, boolean withoutCalls) {
      this(new KeepaliveTime(time), timeout, withoutCalls);
    }
  }
}
