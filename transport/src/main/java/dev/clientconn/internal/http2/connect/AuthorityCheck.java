// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.Status;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Says whether calls with an authority of their own may use a TLS connection: the certificate that the server has shown
 * must be for that host, too. The connection's own authority was verified in the handshake.
 */
@CrossesThreads
public final class AuthorityCheck {
  private final String verifiedHost;
  private volatile @Nullable SSLSession session;
  private volatile @Nullable CertificateNames names;

  public AuthorityCheck(String connectionsAuthority) {
    this.verifiedHost = Authority.parse(connectionsAuthority).host();
  }

  /** The handshake is over. */
  public void verified(SSLSession finished) {
    session = finished;
  }

  /** Any thread. Returns why the call must not be sent, or {@code null}. */
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

  /** Read once, for the first call that needs them. */
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
