// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import io.netty.handler.ssl.NotSslRecordException;
import java.net.ConnectException;
import java.net.SocketException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in words what a connection died of, and what to do about the usual mistakes. */
final class ConnectFailure {

  private ConnectFailure() {}

  static String reason(Throwable cause) {
    if (find(cause, NotSslRecordException.class) != null) {
      return "the server does not speak TLS, but this channel does: use plaintext (ssl.enabled:"
          + " false, or usePlaintext()), or the server's TLS port";
    }
    CertificateException certificate = find(cause, CertificateException.class);
    if (certificate != null) {
      return "the server's certificate is not accepted: " + message(root(certificate));
    }
    SSLException tls = find(cause, SSLException.class);
    if (tls != null) {
      return "TLS failed: " + message(tls);
    }
    if (find(cause, UnresolvedAddressException.class) != null) {
      return "the address is not resolved";
    }
    if (cause instanceof ConnectException || cause instanceof SocketException) {
      return message(cause);
    }
    return cause.getClass().getSimpleName() + ": " + message(cause);
  }

  private static String message(Throwable cause) {
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  private static Throwable root(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root;
  }

  private static <T extends Throwable> @Nullable T find(Throwable cause, Class<T> type) {
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
