// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import dev.clientconn.transport.TransportSnapshot;
import io.grpc.Attributes;
import io.grpc.Status;

/** One connection. All methods may be called from any thread and return at once. */
public interface ClientTransport {

  /**
   * Makes a stream that is not started yet. Never fails: if the transport cannot take it, the listener hears {@code
   * onClosed} with {@link StreamProgress#NOT_SENT} after {@link ClientStream#start}.
   */
  ClientStream newStream(StreamParameters headers, ClientStream.Listener listener);

  /**
   * The connection's attributes: {@code Grpc.TRANSPORT_ATTR_REMOTE_ADDR}, {@code TRANSPORT_ATTR_LOCAL_ADDR} and, with TLS,
   * {@code TRANSPORT_ATTR_SSL_SESSION}, as the transport filters return them. Complete from {@link Listener#onReady} on;
   * before that the addresses are there once they are known.
   */
  Attributes attributes();

  /** Takes no new streams, lets the present ones finish, then closes. */
  void shutdown(Status reason);

  /** Ends all streams with {@code reason} and closes. */
  void shutdownNow(Status reason);

  TransportSnapshot snapshot();

  /** Hears of a connection's phases, on its event loop, each at most once and in this order. */
  interface Listener {

    /** The peer's SETTINGS have arrived; streams can be opened. */
    void onReady(Attributes attributes);

    /**
     * The transport takes no new streams: the peer sent GOAWAY, stream ids run out, or {@link #shutdown} was called.
     * Told before any stream is failed because of it. Skipped when the connection just ends.
     */
    void onDraining(Status reason);

    /**
     * The connection is gone or was never made; every stream has been told. Always called, last.
     *
     * @param reason what ended it, with a description that says what was seen
     */
    void onTerminated(Status reason);
  }
}
