// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.transport;

import java.net.SocketAddress;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One connection as it was a moment ago. Each number was written by the connection's event loop and
 * read without stopping it, so numbers of one snapshot may be a few microseconds apart.
 *
 * @param id identifies the connection within this JVM
 * @param state where the connection is in its life
 * @param remote the peer's address, or what was dialled while not yet connected
 * @param local this side's address, {@code null} until connected
 * @param streams the stream slots
 * @param window the flow-control windows of the connection
 * @param roundTripNanos what a ping's round trip took of late, nanoseconds; empty while none was
 *     answered. Connections ping when keepalive is on, and while much arrives
 */
public record TransportSnapshot(
    long id,
    State state,
    SocketAddress remote,
    @Nullable SocketAddress local,
    Streams streams,
    Window window,
    OptionalLong roundTripNanos) {

  /** A connection's life, in order. */
  public enum State {
    /** Dialling, in the TLS handshake, or waiting for the peer's SETTINGS. */
    CONNECTING,
    /** Takes new streams. */
    READY,
    /** Finishes its streams and takes no new ones: after GOAWAY, shutdown or the last stream id. */
    DRAINING,
    /** Closed; no call uses it any more. */
    CLOSED
  }

  /**
   * Stream slots.
   *
   * @param active streams open now
   * @param max how many the peer allows at a time; empty when it has set no limit
   * @param pending calls waiting for a slot
   * @param opened streams opened since the connection was made
   */
  public record Streams(int active, OptionalLong max, int pending, long opened) {}

  /**
   * Connection-level flow control, in bytes.
   *
   * @param send how much the peer lets us send now
   * @param receive how much we let the peer send now
   */
  public record Window(long send, long receive) {}
}
