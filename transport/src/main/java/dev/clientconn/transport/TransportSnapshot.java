// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.transport;

import java.net.SocketAddress;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Describes the state of one connection at one moment. The event loop of the connection writes the
 * numbers, and they are read without stopping it, so those of one snapshot may differ by a few
 * microseconds in time.
 *
 * @param id identifies the connection within this JVM
 * @param state the phase of the connection
 * @param remote the address of the peer, or the dialled address while not connected
 * @param local the address of this side, {@code null} until connected
 * @param streams the stream slots
 * @param window the flow-control windows of the connection
 * @param roundTripNanos recent round-trip time of a ping, nanoseconds; empty before the first
 *     response. Connections ping if keepalive is enabled, and while much data arrives
 */
public record TransportSnapshot(
    long id,
    State state,
    SocketAddress remote,
    @Nullable SocketAddress local,
    Streams streams,
    Window window,
    OptionalLong roundTripNanos) {

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
   * Describes the streams and the concurrent-stream limit.
   *
   * @param active number of open streams
   * @param max number of streams that the peer allows at a time
   *     ({@code SETTINGS_MAX_CONCURRENT_STREAMS}); empty if it has set no limit
   * @param pending number of calls that wait for a slot
   * @param opened number of streams opened since the connection was established
   */
  public record Streams(int active, OptionalLong max, int pending, long opened) {}

  /**
   * Describes the flow-control windows of the connection.
   *
   * @param send bytes that may be sent now; 0 if calls wait for the peer to read
   * @param receive bytes that the peer may send now
   */
  public record Window(long send, long receive) {}
}
