// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.http2.TransportCounters.Figure;
import dev.clientconn.transport.TransportSnapshot.Tls;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Describes TLS sessions. Of certificates it names nothing but the end of their validity. */
final class TlsReport {

  private static final String JDK = "sun.security.ssl.";

  private TlsReport() {}

  static Tls of(SSLSession session, @Nullable Boolean resumed) {
    return new Tls(session.getProtocol(), session.getCipherSuite(), expiry(session), resumed);
  }

  private static @Nullable Instant expiry(SSLSession session) {
    try {
      Certificate[] chain = session.getPeerCertificates();
      return chain.length > 0 && chain[0] instanceof X509Certificate peer
          ? peer.getNotAfter().toInstant()
          : null;
    } catch (SSLPeerUnverifiedException e) {
      return null;
    }
  }

  /**
   * Whether the session was created before the connection was dialled. Called before the connection
   * counts as ready. Only the JDK's sessions have the time of their creation in milliseconds.
   */
  static @Nullable Boolean isResumed(SSLSession session, TransportCounters counters) {
    if (!session.getClass().getName().startsWith(JDK)) {
      return null;
    }
    long sinceDial = TimeUnit.NANOSECONDS.toMillis(counters.now() - counters.get(Figure.SINCE));
    // Less one: both clocks are rounded down.
    return session.getCreationTime() < System.currentTimeMillis() - sinceDial - 1;
  }
}
