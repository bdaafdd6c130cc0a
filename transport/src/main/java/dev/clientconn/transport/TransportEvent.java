// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.transport;

import java.time.Instant;
import java.util.Locale;

/**
 * Describes something that has happened to a channel or to one of its connections. It contains no
 * secret: neither metadata of calls nor keys.
 *
 * @param time when it happened
 * @param kind what has happened
 * @param connectionId {@link TransportSnapshot#id} of the connection, 0 where the event concerns
 *     the whole channel, or an attempt for which there was no connection
 * @param text describes it in one line, at most {@link #MAX_TEXT} characters. Parts of it may have
 *     been chosen by the server, such as the debug data of GOAWAY
 */
public record TransportEvent(Instant time, Kind kind, long connectionId, String text) {

  /** Characters of the longest text; longer ones are shortened. */
  public static final int MAX_TEXT = 512;

  /** The kinds of events. */
  public enum Kind {
    /** The connectivity state of the channel has changed. */
    CHANNEL_STATE,
    /** The name resolver has returned addresses, other ones than before. */
    NAME_RESOLVED,
    /** The name resolver has failed, or its result could not be used. */
    NAME_RESOLUTION_FAILED,
    /** An attempt to connect has begun. */
    CONNECTING,
    /** A connection is ready. */
    CONNECTED,
    /** An attempt to connect has failed. */
    CONNECT_FAILED,
    /** A connection takes no new streams any more. */
    DRAINING,
    /** A connection that was ready has ended. */
    DISCONNECTED,
    /** The server has sent GOAWAY. */
    GOAWAY,
    /** One side has violated HTTP/2, and this side ends the connection for it. */
    CONNECTION_ERROR,
    /** The server has changed its settings after those it began with. */
    SETTINGS_CHANGED,
    /** A connection is replaced: certificates or configuration have changed, or it is too old. */
    REPLACED,
    /** The channel was given another configuration. */
    RECONFIGURED;

    private final String id = name().toLowerCase(Locale.ROOT);

    /**
     * Returns the name for JSON and texts: the constant's in lower case, such as
     * {@code connect_failed}.
     *
     * @return the same for all versions
     */
    public String id() {
      return id;
    }
  }
}
