// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.transport;

import java.util.Locale;
import java.util.Map;

/**
 * Sums up what has happened to a channel since it was built. No figure ever decreases: those of
 * connections that have ended are included, and other configurations or a restart of the channel
 * change nothing. Connections of channels that a load-balancing policy has opened for itself count
 * as those of the channel do.
 *
 * <p>The maps have no entry for what has not happened.
 *
 * @param attempts attempts to connect by outcome, from the dial to the server's SETTINGS
 * @param tlsHandshakes TLS handshakes by result
 * @param lifetimes connections that were ready and have ended, from the server's SETTINGS to the
 *     end
 * @param disconnects how many connections that were ready have ended, by reason. The reasons are
 *     those of {@code grpc.disconnect_error} in gRFC A94, such as {@code GOAWAY NO_ERROR},
 *     {@code subchannel shutdown}, {@code connection reset}, {@code connection timed out},
 *     {@code connection aborted}, {@code socket error} and {@code unknown}
 * @param resolutions name look-ups by outcome, from the request to the first result
 * @param counters the sums over all connections, those included that have ended. {@code
 *     streamsRejected} includes the calls that waited for any connection of their address
 */
public record ChannelTotals(
    Map<ConnectOutcome, TimeTotal> attempts,
    Map<TlsHandshake, Long> tlsHandshakes,
    TimeTotal lifetimes,
    Map<String, Long> disconnects,
    Map<ResolutionOutcome, TimeTotal> resolutions,
    TransportSnapshot.Counters counters) {

  /** Nothing has happened. */
  public static final ChannelTotals NONE = new ChannelTotals(
      Map.of(), Map.of(), TimeTotal.NONE, Map.of(), Map.of(), TransportSnapshot.Counters.NONE);

  /** Says how an attempt to connect has ended. */
  public enum ConnectOutcome {
    /** The connection was ready. */
    SUCCESS,
    /** Nothing listens at the address. */
    REFUSED,
    /** The connect timeout has passed. */
    TIMEOUT,
    /** The TLS handshake failed, ALPN included. */
    TLS,
    /** The host name of the address was not resolved. */
    DNS,
    /** The server or a proxy has closed or reset the connection. */
    RESET,
    /** The channel did not need the connection any more. */
    CANCELLED,
    /** Something else, such as a dialer that throws, a proxy that refuses, or no HTTP/2. */
    OTHER;

    private final String id = name().toLowerCase(Locale.ROOT);

    /**
     * Returns the name for tags of meters and keys of JSON: the constant's in lower case.
     *
     * @return the same for all versions
     */
    public String id() {
      return id;
    }
  }

  /** Says how a name look-up has ended. */
  public enum ResolutionOutcome {
    /** The resolver has returned addresses, which the channel uses. */
    SUCCESS,
    /** The resolver has failed or thrown. */
    FAILURE,
    /** The channel cannot use the result: no address, or an invalid service config. */
    REJECTED;

    private final String id = name().toLowerCase(Locale.ROOT);

    /**
     * Returns the name for tags of meters and keys of JSON: the constant's in lower case.
     *
     * @return the same for all versions
     */
    public String id() {
      return id;
    }
  }

  /**
   * Describes how TLS handshakes have ended.
   *
   * @param result the value of {@code grpc.tls.handshake.result} in gRFC A118, such as
   *     {@code SUCCESS} or {@code CERTIFICATE_EXPIRED}
   * @param resumed whether the session of an earlier connection was resumed; false for failures,
   *     and where the TLS provider does not tell
   */
  public record TlsHandshake(String result, boolean resumed) {}
}
