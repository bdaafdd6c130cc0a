// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import dev.clientconn.transport.ChannelTotals.ConnectOutcome;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Describes why a connection failed, and what to do about frequent mistakes. */
final class ConnectFailure {

  private ConnectFailure() {}

  /** Returns the description of a cause, for the status of the calls. */
  static String reason(Throwable cause) {
    ProxyException proxy = Causes.find(cause, ProxyException.class);
    if (proxy != null) {
      return Causes.message(proxy);
    }
    String tls = TlsFailure.reason(cause);
    if (tls != null) {
      return tls;
    }
    if (Causes.find(cause, UnresolvedAddressException.class) != null) {
      return "the address is not resolved";
    }
    if (Causes.find(cause, FileNotFoundException.class) != null) {
      return "No such file or directory: does the server run, and is this the path it listens at?";
    }
    if (cause instanceof SocketException || cause instanceof UnsupportedOperationException) {
      return Causes.message(cause);
    }
    return cause.getClass().getSimpleName() + ": " + Causes.message(cause);
  }

  /**
   * Classifies the failure of an attempt.
   *
   * @param cause {@code null} if the peer has closed the connection
   */
  static ConnectOutcome outcome(@Nullable Throwable cause, boolean handshaking) {
    if (cause == null || peerWentAway(cause)) {
      return ConnectOutcome.RESET;
    }
    if (handshaking || Causes.find(cause, SSLException.class) != null) {
      return ConnectOutcome.TLS;
    }
    if (Causes.find(cause, UnresolvedAddressException.class) != null
        || Causes.find(cause, UnknownHostException.class) != null) {
      return ConnectOutcome.DNS;
    }
    // Netty and the JDK throw a ConnectException for whatever the system says of a connect.
    String message = Causes.message(cause).toLowerCase(Locale.ROOT);
    if (message.contains("refused") || Causes.find(cause, FileNotFoundException.class) != null) {
      return ConnectOutcome.REFUSED;
    }
    return message.contains("timed out") ? ConnectOutcome.TIMEOUT : ConnectOutcome.OTHER;
  }

  /**
   * Whether the peer closed the connection without an error message, so that only the phase of the
   * attempt hints at the reason.
   */
  static boolean peerWentAway(Throwable cause) {
    if (cause instanceof ProxyException) {
      return false;
    }
    return TlsFailure.isTruncation(cause)
        || cause instanceof ClosedChannelException
        || (cause instanceof IOException
            && !(cause instanceof SSLException)
            && !(cause instanceof ConnectException)
            && Causes.message(cause).matches("(?i).*(reset|broken pipe).*"));
  }
}
