// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.transport;

import java.util.Locale;

/**
 * Names what a call waits for. At any instant of its life a call waits for exactly one of these, so
 * the times of all causes add up to the duration of the call. Declared in the order in which a call
 * usually meets them.
 */
public enum WaitCause {
  /** The channel has no addresses yet: the name resolver has not responded. */
  NAME_RESOLUTION,
  /** There are addresses, and no connection that the load-balancing policy can use is ready. */
  CONNECTING,
  /** The call credentials have not supplied their metadata. */
  CREDENTIALS,
  /**
   * An attempt has failed, and the next one has not begun; with hedging, the time before the
   * attempt began that ends the call.
   */
  RETRY_BACKOFF,
  /** All streams that the server allows are in use ({@code SETTINGS_MAX_CONCURRENT_STREAMS}). */
  STREAM_SLOT,
  /** Bytes are queued, and the server grants no more window to the stream. */
  STREAM_WINDOW,
  /** Bytes are queued, and the server grants no more window to the connection. */
  CONNECTION_WINDOW,
  /** Bytes are queued, and the socket takes no more: the server does not read, or not as fast. */
  SOCKET,
  /**
   * Bytes are queued and may be sent, and other streams of the connection are served first, or the
   * event loop has not run yet.
   */
  TURN,
  /**
   * The application is to act: to send, to half-close, to request or to take a message, or to
   * return from a callback.
   */
  APPLICATION,
  /** Everything was sent, and the server has not responded completely. */
  SERVER;

  private final String id = name().toLowerCase(Locale.ROOT);

  /**
   * Returns the name for tags of meters, keys of JSON and events: the constant's in lower case,
   * such as {@code stream_window}.
   *
   * @return the same for all versions
   */
  public String id() {
    return id;
  }
}
