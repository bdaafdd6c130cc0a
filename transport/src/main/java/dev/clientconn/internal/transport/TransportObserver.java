// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import dev.clientconn.transport.ChannelTotals.ConnectOutcome;
import dev.clientconn.transport.TransportEvent;
import java.net.SocketAddress;

/**
 * Is notified of what happens to the connections of a channel, for its totals and events. Called by
 * event loops and other threads; must not block and must not throw. No method is called for a call.
 */
public interface TransportObserver {

  /** Ignores everything. */
  TransportObserver NONE = new TransportObserver() {};

  /**
   * An attempt to connect has ended.
   *
   * @param connection the id of the connection
   * @param nanos since the dial
   * @param detail the address, or the text of the failure
   */
  default void attemptEnded(long connection, ConnectOutcome outcome, long nanos, Object detail) {}

  /**
   * A TLS handshake has ended.
   *
   * @param result as gRFC A118 names it
   */
  default void handshakeEnded(String result, boolean resumed) {}

  /**
   * A connection that was ready has ended.
   *
   * @param error as gRFC A94 names it
   * @param nanos since it was ready
   */
  default void disconnected(long connection, String error, long nanos, String text) {}

  /** Whether the next three methods have an effect; otherwise they need not be called. */
  default boolean measuresTcp() {
    return false;
  }

  /** A TCP connection is made, before TLS. */
  default void tcpConnected(SocketAddress local, SocketAddress peer) {}

  /**
   * The kernel was asked for the figures of a TCP connection.
   *
   * @param sinceLast with the totals since the last call
   * @param last whether the connection ends
   */
  default void tcpMeasured(
      SocketAddress local, SocketAddress peer, TcpInfo sinceLast, boolean last) {}

  /** A TCP connection that was made has ended. */
  default void tcpEnded(SocketAddress local, SocketAddress peer) {}

  /**
   * Something else has happened to a connection.
   *
   * @param detail a text, or what {@code toString} describes; is retained
   */
  default void event(TransportEvent.Kind kind, long connection, Object detail) {}
}
