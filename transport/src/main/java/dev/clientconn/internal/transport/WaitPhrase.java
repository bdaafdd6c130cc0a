// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import dev.clientconn.transport.WaitCause;

/** Names causes in the status of a call that was cut off. */
public final class WaitPhrase {

  private WaitPhrase() {}

  /** Returns what continues the words "waited for". */
  public static String of(WaitCause cause) {
    return switch (cause) {
      case NAME_RESOLUTION -> "name resolution";
      case CONNECTING -> "a connection";
      case CREDENTIALS -> "the call credentials";
      case RETRY_BACKOFF -> "the backoff before a retry";
      case STREAM_SLOT -> "a stream slot";
      case STREAM_WINDOW -> "the stream's send window";
      case CONNECTION_WINDOW -> "the connection's send window";
      case SOCKET -> "the socket, which takes no more bytes";
      case TURN -> "its turn to send on the connection";
      case APPLICATION -> "the application";
      case SERVER -> "the server's response";
    };
  }
}
