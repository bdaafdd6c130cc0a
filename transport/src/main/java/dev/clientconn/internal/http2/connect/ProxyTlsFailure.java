// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import io.netty.handler.ssl.NotSslRecordException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;

/** Describes why TLS to a proxy failed, and what to do. */
final class ProxyTlsFailure {

  private ProxyTlsFailure() {}

  static boolean isTls(Throwable cause) {
    return Causes.find(cause, SSLException.class) != null
        || Causes.find(cause, CertificateException.class) != null;
  }

  static ProxyException of(Throwable cause) {
    return new ProxyException(reason(cause), cause);
  }

  private static String reason(Throwable cause) {
    if (Causes.find(cause, NotSslRecordException.class) != null) {
      return "the proxy does not speak TLS: use the scheme http in place of https for it";
    }
    CertificateException certificate = Causes.find(cause, CertificateException.class);
    if (certificate != null) {
      return "the proxy's certificate is not accepted: "
          + TlsFailure.certificate(
              certificate,
              "by proxy.ssl.bundle with Spring, TunnelAddress.withTls, or the JVM's trust store",
              "name the proxy as its certificate does");
    }
    if (TlsFailure.isTruncation(cause)) {
      return "the proxy closed the connection in the TLS handshake: check that its port is for TLS";
    }
    SSLException tls = Causes.find(cause, SSLException.class);
    return "TLS to the proxy failed: " + Causes.message(tls == null ? cause : tls);
  }
}
