// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Names why connections end, by the values of {@code grpc.disconnect_error} (gRFC A94). */
public final class DisconnectError {

  public static final String SUBCHANNEL_SHUTDOWN = "subchannel shutdown";
  public static final String TIMED_OUT = "connection timed out";
  private static final String RESET = "connection reset";
  private static final String ABORTED = "connection aborted";
  private static final String SOCKET = "socket error";
  private static final String UNKNOWN = "unknown";

  private DisconnectError() {}

  /** Names the end of a connection that the peer has announced. */
  public static String goAway(String code) {
    // A peer may send any of 2^32 codes, and each value is a series.
    return "GOAWAY " + (code.matches("[A-Z_0-9]+") ? code : "UNKNOWN");
  }

  /**
   * Names the end for what the socket has thrown. The JDK's and Netty's exceptions tell it by their
   * messages only.
   *
   * @param cause {@code null} if the peer has closed the connection
   */
  public static String of(@Nullable Throwable cause) {
    IOException failure = cause == null ? null : Causes.find(cause, IOException.class);
    if (failure == null) {
      return UNKNOWN;
    }
    String message = Causes.message(failure).toLowerCase(Locale.ROOT);
    if (message.contains("reset")) {
      return RESET;
    }
    if (message.contains("timed out")) {
      return TIMED_OUT;
    }
    return message.contains("abort") ? ABORTED : SOCKET;
  }
}
