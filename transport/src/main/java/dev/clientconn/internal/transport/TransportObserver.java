// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import dev.clientconn.transport.ChannelTotals.ConnectOutcome;
import dev.clientconn.transport.TransportEvent;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

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

  /** A TCP connection is made, before TLS. Channels of other dialers may have no addresses. */
  default void tcpConnected(@Nullable SocketAddress local, @Nullable SocketAddress peer) {}

  /**
   * The kernel was asked for the figures of a TCP connection.
   *
   * @param sinceLast with the totals since the last call
   * @param last whether the connection ends
   */
  default void tcpMeasured(
      @Nullable SocketAddress local,
      @Nullable SocketAddress peer,
      TcpInfo sinceLast,
      boolean last) {}

  /** A TCP connection that was made has ended. */
  default void tcpEnded(@Nullable SocketAddress local, @Nullable SocketAddress peer) {}

  /**
   * Something else has happened to a connection.
   *
   * @param detail a text, or what {@code toString} describes; is retained
   */
  default void event(TransportEvent.Kind kind, long connection, Object detail) {}
}
