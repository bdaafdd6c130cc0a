// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import dev.clientconn.transport.StreamSnapshot;
import dev.clientconn.transport.TransportSnapshot;
import dev.clientconn.transport.TransportSnapshot.Counters;
import io.grpc.Attributes;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Makes streams on one connection, and ends it. All methods may be called from any thread, and
 * return without blocking.
 */
public interface ClientTransport {

  /**
   * Makes a stream that is not started yet. Never fails: if the transport cannot take it,
   * {@code onClosed} follows {@link ClientStream#start} with {@link StreamProgress#NOT_SENT}.
   */
  ClientStream newStream(StreamParameters headers, ClientStream.Listener listener);

  /** As {@link #newStream}, for a call that has a slot of {@link #countStreams} already. */
  default ClientStream newStreamInSlot(StreamParameters headers, ClientStream.Listener listener) {
    return newStream(headers, listener);
  }

  /**
   * Counts the streams of the connection in {@code slots} from now on, with those that exist.
   * Called at most once.
   */
  default void countStreams(StreamSlots slots) {
    throw new UnsupportedOperationException("countStreams");
  }

  /**
   * Ends the streams that wait for a slot with {@link StreamProgress#NOT_SENT}, so that the channel
   * assigns them to a connection that has one.
   */
  default void returnWaiting(Status reason) {}

  /**
   * Returns what was reserved for a call for which {@link #newStream} will not be called. Without
   * effect if it was called.
   */
  default void releaseReservation() {}

  /**
   * Returns the attributes of the connection: {@code Grpc.TRANSPORT_ATTR_REMOTE_ADDR},
   * {@code TRANSPORT_ATTR_LOCAL_ADDR} and, with TLS, {@code TRANSPORT_ATTR_SSL_SESSION}, as changed
   * by the transport filters. Complete from {@link Listener#onReady} on; before that they contain
   * the addresses as far as known.
   */
  Attributes attributes();

  /** Returns {@code :authority} of the streams whose parameters name none. */
  String authority();

  /** Takes no new streams and closes the connection after the last open one has ended. */
  void shutdown(Status reason);

  /**
   * As {@link #shutdown}, where another connection takes over: the streams that wait for a slot end
   * with {@link StreamProgress#NOT_SENT}, so that they are sent there.
   */
  void replace(Status reason);

  /** Ends all streams with {@code reason} and closes the connection. */
  void shutdownNow(Status reason);

  /** Identifies the connection within this JVM. */
  default long id() {
    return snapshot().id();
  }

  /** Returns how long the streams have waited for what; {@code null} if that is not counted. */
  default @Nullable WaitCounters waits() {
    return null;
  }

  /** Returns the present state and counters, without waiting for the event loop. */
  TransportSnapshot snapshot();

  /** Returns the counters of {@link #snapshot} alone. */
  default Counters counters() {
    return snapshot().counters();
  }

  /**
   * Lists the streams of the connection, those that wait for a slot included. Completes on the
   * event loop, after a few of its tasks, or where the loop has ended on the calling thread.
   */
  default CompletableFuture<List<StreamSnapshot>> streams() {
    return CompletableFuture.completedFuture(List.of());
  }

  /**
   * Has the event loop measure the figures of later snapshots that are not counted all the time:
   * the smallest windows of the streams, and how long the loop lets tasks wait.
   */
  default void measure() {}

  /**
   * Receives the phases of a connection, on its event loop, each at most once and in this order.
   */
  interface Listener {

    /** The peer's SETTINGS have arrived; streams can be opened. */
    void onReady(Attributes attributes);

    /**
     * The transport takes no new streams: the peer sent GOAWAY, the stream ids are used up, or
     * {@link #shutdown} was called. Called before any stream is failed for that reason, so that
     * retries choose another connection. Not called if the connection is just lost.
     */
    void onDraining(Status reason);

    /**
     * The connection was ready and is lost. Called before its streams are failed, so that the owner
     * has taken the connection out of use when the calls end.
     */
    default void onClosing(Status reason) {}

    /**
     * The connection has ended or could not be established; every stream has been closed. Always
     * called, last.
     *
     * @param reason why it ended, with a description of what was observed
     */
    void onTerminated(Status reason);

    /** Is notified of what happens to the connection, besides the phases. */
    default TransportObserver observer() {
      return TransportObserver.NONE;
    }
  }
}
