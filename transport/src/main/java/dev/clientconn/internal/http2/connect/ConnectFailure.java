// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in words what a connection died of, and what to do about the usual mistakes. */
final class ConnectFailure {

  private ConnectFailure() {}

  static String reason(Throwable cause) {
    ProxyException proxy = find(cause, ProxyException.class);
    if (proxy != null) {
      return message(proxy);
    }
    String tls = TlsFailure.reason(cause);
    if (tls != null) {
      return tls;
    }
    if (find(cause, UnresolvedAddressException.class) != null) {
      return "the address is not resolved";
    }
    if (find(cause, FileNotFoundException.class) != null) {
      return "No such file or directory: does the server run, and is this the path it listens at?";
    }
    if (cause instanceof SocketException || cause instanceof UnsupportedOperationException) {
      return message(cause);
    }
    return cause.getClass().getSimpleName() + ": " + message(cause);
  }

  /** Whether the peer ended the connection without a word, so that the moment is all there is to judge by. */
  static boolean peerWentAway(Throwable cause) {
    return TlsFailure.isTruncation(cause)
        || cause instanceof ClosedChannelException
        || (cause instanceof IOException
            && !(cause instanceof SSLException)
            && !(cause instanceof ProxyException)
            && !(cause instanceof ConnectException)
            && message(cause).matches("(?i).*(reset|broken pipe).*"));
  }

  static String message(Throwable cause) {
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  static <T extends Throwable> @Nullable T find(Throwable cause, Class<T> type) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (type.isInstance(t)) {
        return type.cast(t);
      }
      if (t.getCause() == t) {
        break;
      }
    }
    return null;
  }
}
