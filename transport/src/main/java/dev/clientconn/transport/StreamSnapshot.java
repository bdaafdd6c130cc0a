// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.transport;

import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Describes one stream, or one call that has no stream yet. Immutable; taken by {@code
 * ClientConn.streamSnapshots()} on the event loop of the stream's connection.
 *
 * @param connectionId {@link TransportSnapshot#id} of its connection, 0 for a call that no
 *     connection has
 * @param id the stream id, 0 until the stream is opened
 * @param method the full name of the method, such as {@code package.Service/Method}
 * @param ageNanos time since the stream was created, which may have waited for a slot first; of a
 *     call without a stream, since it began to wait, where that is known; nanoseconds
 * @param state the state of the stream
 * @param sendWindow bytes that the stream's own window allows to send; empty without a stream
 * @param receiveWindow bytes that the peer may send on the stream; empty without a stream
 * @param queuedBytes bytes of request messages that are written and not framed
 * @param unreadBytes bytes of response messages that have arrived and that the application has not
 *     taken
 * @param blockedOn what the call waits for now; {@code null} where that is not known
 */
public record StreamSnapshot(
    long connectionId,
    int id,
    String method,
    OptionalLong ageNanos,
    State state,
    OptionalLong sendWindow,
    OptionalLong receiveWindow,
    long queuedBytes,
    long unreadBytes,
    @Nullable WaitCause blockedOn) {

  /** The states of a stream (RFC 9113 section 5.1), as far as a client's can have them. */
  public enum State {
    /** There is no stream yet. */
    WAITING,
    /** Both sides may send. */
    OPEN,
    /** The request is complete. */
    HALF_CLOSED_LOCAL,
    /** The response is complete, and the request is not. */
    HALF_CLOSED_REMOTE;

    private final String id = name().toLowerCase(Locale.ROOT);

    /**
     * Returns the name for JSON and texts: the constant's in lower case, such as
     * {@code half_closed_local}.
     *
     * @return the same for all versions
     */
    public String id() {
      return id;
    }
  }
}
