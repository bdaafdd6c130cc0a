// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import dev.clientconn.transport.TransportListener;
import io.grpc.ClientTransportFilter;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds the options that all connections of a channel share.
 *
 * @param userAgent value of {@code user-agent}
 * @param acceptEncoding value of {@code grpc-accept-encoding}, absent when only identity is understood
 * @param connectTimeout from the first SYN to the peer's SETTINGS, TLS handshake included
 * @param streamWindow initial receive window of a stream, bytes, 65,535 to 2^31-1
 * @param connectionWindow initial receive window of a connection, bytes, 65,535 to 2^31-1
 * @param growWindows whether windows grow to the path's bandwidth-delay product
 * @param maxInboundMetadataSize largest header list accepted, bytes as RFC 9113 section 6.5.2
 *     counts them
 * @param neverIndexedHeaders lower-case names of request headers that stay out of HPACK's tables,
 *     besides those that always do
 * @param maxPendingStreams how many calls may wait for a stream slot on one connection
 * @param keepalive when to ping, or {@code null} for never
 * @param filters called when a connection is ready and when it ends
 * @param listener notified of waits
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
   * @param time quiet time after which a ping is sent; shared by the channel's connections, because
   *     a server may raise it
   * @param timeout how long nothing at all may arrive after a ping before the connection counts as
   *     dead
   * @param withoutCalls whether to ping while no stream is open
   */
  public record KeepaliveOptions(KeepaliveTime time, Duration timeout, boolean withoutCalls) {

    public KeepaliveOptions(Duration time, Duration timeout, boolean withoutCalls) {
      this(new KeepaliveTime(time), timeout, withoutCalls);
    }
  }
}
