// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.transport;

import java.net.SocketAddress;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Describes the state of one connection at one moment. The event loop of the connection writes the
 * numbers, and they are read without stopping it, so those of one snapshot may differ by a few
 * microseconds in time.
 *
 * <p>Figures that need a look at every stream, and the lag of the event loop, are not measured all
 * the time. Each snapshot makes the event loop measure them soon afterwards, and shows what it has
 * measured for the snapshot before: {@link Window#smallestStreamSend}, {@link
 * Window#smallestStreamReceive}, {@link Loop#lagNanos}.
 *
 * @param id identifies the connection within this JVM
 * @param state the phase of the connection
 * @param remote the address of the peer, or the dialled address while not connected; for a server
 *     behind a proxy a {@link TunnelAddress}, which names the server, the proxy and its protocol
 * @param local the address of this side, {@code null} until connected
 * @param tls the TLS session, {@code null} for plaintext and until the connection is ready
 * @param ageNanos time since the connection became ready, before that since the dial, nanoseconds
 * @param localSettings the settings of this side
 * @param peerSettings the settings of the peer, {@code null} until it has sent them
 * @param streams the stream slots
 * @param window the flow-control windows
 * @param buffered bytes that wait in memory
 * @param roundTripNanos recent round-trip time of a ping, nanoseconds; empty before the first
 *     response. Connections ping if keepalive is enabled, and while much data arrives
 * @param counters what has happened since the dial
 * @param goAway the last GOAWAY of the peer, {@code null} for none
 * @param loop the event loop of the connection
 */
public record TransportSnapshot(
    long id,
    State state,
    SocketAddress remote,
    @Nullable SocketAddress local,
    @Nullable Tls tls,
    long ageNanos,
    Settings localSettings,
    @Nullable Settings peerSettings,
    Streams streams,
    Window window,
    Buffered buffered,
    OptionalLong roundTripNanos,
    Counters counters,
    @Nullable GoAway goAway,
    Loop loop) {

  /** The phases of a connection, in order. */
  public enum State {
    /** Dials, does the TLS handshake, or waits for the peer's SETTINGS. */
    CONNECTING,
    /** Takes new streams. */
    READY,
    /** Finishes its streams and takes no new ones: after GOAWAY, shutdown or the last stream id. */
    DRAINING,
    /** Has ended, or could not be established. */
    CLOSED
  }

  /**
   * Describes the TLS session.
   *
   * @param protocol such as {@code TLSv1.3}
   * @param cipher the cipher suite, such as {@code TLS_AES_128_GCM_SHA256}
   * @param peerCertificateExpiry when the certificate of the peer ends to be valid, {@code null}
   *     where it has none
   * @param resumed whether the session of an earlier connection was resumed, so that no certificate
   *     was sent; {@code null} where the TLS provider does not tell
   */
  public record Tls(
      String protocol,
      String cipher,
      @Nullable Instant peerCertificateExpiry,
      @Nullable Boolean resumed) {}

  /**
   * Describes the settings of one side (RFC 9113 section 6.5.2): what it allows the other one.
   *
   * @param headerTableSize bytes of the HPACK table
   * @param maxConcurrentStreams streams at a time; empty if there is no limit
   * @param initialWindow bytes that may be sent on a new stream
   * @param maxFrameSize bytes of the largest frame
   * @param maxHeaderList bytes of the largest header list; empty if there is no limit
   */
  public record Settings(
      long headerTableSize,
      OptionalLong maxConcurrentStreams,
      long initialWindow,
      int maxFrameSize,
      OptionalLong maxHeaderList) {}

  /**
   * Describes the streams and the concurrent-stream limit.
   *
   * @param active number of open streams
   * @param max number of streams that the peer allows at a time
   *     ({@code SETTINGS_MAX_CONCURRENT_STREAMS}); empty if it has set no limit
   * @param pending number of calls that wait for a slot of this connection
   * @param oldestWaitNanos how long the first of these has waited, nanoseconds; empty if none waits
   */
  public record Streams(int active, OptionalLong max, int pending, OptionalLong oldestWaitNanos) {}

  /**
   * Describes the flow-control windows.
   *
   * @param send bytes that may be sent now on all streams together; 0 if calls wait for the peer to
   *     read
   * @param receive bytes that the peer may send now on all streams together
   * @param smallestStreamSend the smallest send window of an open stream, bytes; below 0 if the
   *     peer has lowered its initial window. Empty if no stream was open, or none was looked at yet
   * @param smallestStreamReceive the smallest receive window of an open stream, bytes
   * @param receiveTarget the size that the receive window of the connection is opened to, bytes;
   *     grows with the bandwidth-delay product
   */
  public record Window(
      long send,
      long receive,
      OptionalLong smallestStreamSend,
      OptionalLong smallestStreamReceive,
      long receiveTarget) {}

  /**
   * Describes what waits in memory.
   *
   * @param queued bytes of messages that calls have written and the connection has not framed:
   *     they wait for a stream slot, a window, the socket or their turn
   * @param outbound bytes of frames that the socket has not taken
   * @param unread bytes of messages that have arrived on open streams and that the application has
   *     not taken. It is credited with what it takes in steps of an eighth of a stream's window, so
   *     that up to so many bytes of each stream may have been taken already
   */
  public record Buffered(long queued, long outbound, long unread) {}

  /**
   * Counts what has happened. Error codes are those of RFC 9113 section 7 by name, such as
   * {@code REFUSED_STREAM}, and {@code OTHER} for codes that it does not have; the maps have no
   * entry for what has not happened.
   *
   * @param streamsOpened streams opened
   * @param streamsRejected calls that failed because too many waited for a stream slot already
   * @param resetsSent RST_STREAM frames sent, by code
   * @param resetsReceived RST_STREAM frames received for open streams, by code
   * @param goAwaysSent GOAWAY frames sent, by code
   * @param goAwaysReceived GOAWAY frames received, by code
   * @param bytesSent bytes of HTTP/2 written to the socket, before TLS
   * @param bytesReceived bytes of HTTP/2 received, after TLS
   * @param messagesSent request messages framed entirely
   * @param messagesReceived response messages received entirely
   * @param pings round trips that were measured, and their sum
   * @param pingTimeouts whether keepalive has ended the connection: 0 or 1 for one connection
   * @param settingsChanges SETTINGS frames received after the first
   */
  public record Counters(
      long streamsOpened,
      long streamsRejected,
      Map<String, Long> resetsSent,
      Map<String, Long> resetsReceived,
      Map<String, Long> goAwaysSent,
      Map<String, Long> goAwaysReceived,
      long bytesSent,
      long bytesReceived,
      long messagesSent,
      long messagesReceived,
      TimeTotal pings,
      long pingTimeouts,
      long settingsChanges) {

    /** Nothing has happened. */
    public static final Counters NONE = new Counters(
        0, 0, Map.of(), Map.of(), Map.of(), Map.of(), 0, 0, 0, 0, TimeTotal.NONE, 0, 0);

    /**
     * Adds the counters of two connections.
     *
     * @param other is added to this one
     * @return the sums of all figures
     */
    public Counters plus(Counters other) {
      return new Counters(
          streamsOpened + other.streamsOpened,
          streamsRejected + other.streamsRejected,
          sum(resetsSent, other.resetsSent),
          sum(resetsReceived, other.resetsReceived),
          sum(goAwaysSent, other.goAwaysSent),
          sum(goAwaysReceived, other.goAwaysReceived),
          bytesSent + other.bytesSent,
          bytesReceived + other.bytesReceived,
          messagesSent + other.messagesSent,
          messagesReceived + other.messagesReceived,
          pings.plus(other.pings),
          pingTimeouts + other.pingTimeouts,
          settingsChanges + other.settingsChanges);
    }

    private static Map<String, Long> sum(Map<String, Long> one, Map<String, Long> other) {
      if (one.isEmpty() || other.isEmpty()) {
        return one.isEmpty() ? other : one;
      }
      Map<String, Long> sums = new TreeMap<>(one);
      other.forEach((code, count) -> sums.merge(code, count, Long::sum));
      return Collections.unmodifiableMap(sums);
    }
  }

  /**
   * Describes a GOAWAY frame.
   *
   * @param code the error code by name, such as {@code NO_ERROR}
   * @param debugText the debug data, shortened, without control characters
   * @param lastStreamId the last stream that the peer processes
   */
  public record GoAway(String code, String debugText, int lastStreamId) {}

  /**
   * Describes the work that waits for the event loop of the connection. Connections share loops.
   *
   * @param commands number of commands of calls that the loop has not taken; about 0 unless it is
   *     busy or blocked
   * @param lagNanos how long the last task for it has waited, nanoseconds: the one that the
   *     snapshot before has made, or, where that still waits, its time so far. Empty in the first
   *     snapshot
   */
  public record Loop(int commands, OptionalLong lagNanos) {}
}
