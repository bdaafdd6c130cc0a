// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.Status;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a call that overrides the authority may be sent on a TLS connection: the server's
 * certificate must include that host, too, or the call could reach a server that does not serve it.
 * The connection's own authority was verified in the handshake.
 */
@CrossesThreads
public final class AuthorityCheck {
  private final String verifiedHost;
  private volatile @Nullable SSLSession session;
  private volatile @Nullable CertificateNames names;

  public AuthorityCheck(String connectionAuthority) {
    this.verifiedHost = Authority.parse(connectionAuthority).host();
  }

  /** Takes the session of the completed handshake. Event loop. */
  public void handshakeCompleted(SSLSession completed) {
    session = completed;
  }

  /**
   * Returns the status of a call that must not be sent, {@code null} for one that may be. Any
   * thread.
   */
  @Nullable
  public Status refusal(String authority) {
    String host = Authority.parse(authority).host();
    if (host.equalsIgnoreCase(verifiedHost)) {
      return null;
    }
    CertificateNames known = names();
    if (known != null && known.include(host)) {
      return null;
    }
    return Status.UNAVAILABLE.withDescription("the call's authority '" + authority
        + "' is for a host that the server's certificate does not name, so nothing was sent (the"
        + " certificate's names: " + (known == null ? "not known yet" : known) + ")");
  }

  /**
   * Reads the certificate for the first call that needs its names. Two threads may both do so: they
   * read the same names, so the race needs no lock.
   */
  private @Nullable CertificateNames names() {
    CertificateNames known = names;
    SSLSession finished = session;
    if (known == null && finished != null) {
      known = CertificateNames.of(finished);
      names = known;
    }
    return known;
  }
}
