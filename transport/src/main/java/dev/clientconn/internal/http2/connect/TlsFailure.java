// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import io.netty.handler.ssl.NotSslRecordException;
import java.security.SignatureException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Describes why TLS failed and what to do. The JDK and OpenSSL report alerts in different words
 * (RFC 8446 section 6.2 defines them), and neither says what to do.
 */
final class TlsFailure {

  private static final String CLIENT_CERTIFICATE =
      ": give the channel a certificate that the server trusts (TlsChannelCredentials.keyManager,"
          + " or the key store of the SSL bundle)";
  private static final String VERSIONS =
      ": this channel speaks TLS 1.3 and 1.2; have the server do so too";
  private static final String HTTP2 =
      ": gRPC needs HTTP/2 (h2) by ALPN; is this a gRPC port, and does the server have HTTP/2"
          + " switched on?";

  /**
   * "Received fatal alert: unknown_ca", "...:TLSV1_ALERT_UNKNOWN_CA",
   * "...:TLSV1_CERTIFICATE_REQUIRED".
   */
  private static final Pattern ALERT =
      Pattern.compile("(?:fatal alert: |:sslv3_alert_|:tlsv1_alert_|:tlsv1_)([a-z_0-9]+)");

  private static final Map<String, String> ALERTS = Map.ofEntries(
      alert(
          "certificate_required",
          "the server demands a client certificate,"
              + " and this channel has none that the server trusts"
              + CLIENT_CERTIFICATE),
      alert(
          "bad_certificate",
          "the server refuses the client certificate, or the lack of one" + CLIENT_CERTIFICATE),
      alert(
          "unknown_ca",
          "the server does not know the authority that signed the client certificate"
              + CLIENT_CERTIFICATE),
      alert(
          "certificate_unknown", "the server refuses the client certificate" + CLIENT_CERTIFICATE),
      alert("certificate_expired", "the client certificate has expired" + CLIENT_CERTIFICATE),
      alert("certificate_revoked", "the client certificate is revoked" + CLIENT_CERTIFICATE),
      alert(
          "unsupported_certificate",
          "the server cannot use the client certificate" + CLIENT_CERTIFICATE),
      alert("access_denied", "the server denies access to this client certificate"),
      alert("protocol_version", "the server speaks no TLS version of this channel's" + VERSIONS),
      alert(
          "handshake_failure",
          "the server found no common cipher suite, or wants a client certificate: have it offer"
              + " the AEAD suites that HTTP/2 needs (RFC 9113 section 9.2.2), or give the channel a"
              + " certificate"),
      alert(
          "insufficient_security",
          "the server finds this channel's cipher suites too weak: see what it demands"),
      alert("internal_error", "the server failed in the handshake: see the server's log"),
      alert("no_application_protocol", "the server refuses HTTP/2" + HTTP2),
      alert(
          "unrecognized_name",
          "the server does not know the host name it was asked for (SNI): check the target, or set"
              + " the authority (overrideAuthority; the property authority with Spring)"));

  private TlsFailure() {}

  /** Returns the description, {@code null} if it was not TLS that failed. */
  static @Nullable String reason(Throwable cause) {
    if (Causes.find(cause, NotSslRecordException.class) != null) {
      return "the server does not speak TLS, but this channel does: use plaintext (ssl.enabled:"
          + " false, or usePlaintext()), or the server's TLS port";
    }
    CertificateException certificate = Causes.find(cause, CertificateException.class);
    if (certificate != null) {
      return "the server's certificate is not accepted: "
          + certificate(
              certificate,
              "by TlsChannelCredentials.trustManager, or the trust store of the SSL bundle",
              "connect by a name that the certificate has, or verify another one"
                  + " (overrideAuthority; the property authority with Spring)");
    }
    SSLException tls = Causes.find(cause, SSLException.class);
    if (tls == null) {
      return null;
    }
    if (tls instanceof NoHttp2Exception) {
      return Causes.message(tls);
    }
    String message = Causes.message(tls);
    String advice = advice(message.toLowerCase(Locale.ROOT));
    return advice == null ? "TLS failed: " + message : advice + " [" + message + "]";
  }

  /** Whether the peer closed the connection during the handshake without an alert. */
  static boolean isTruncation(Throwable cause) {
    SSLException tls = Causes.find(cause, SSLException.class);
    return tls != null && Causes.message(tls).contains("Connection closed while");
  }

  private static @Nullable String advice(String message) {
    Matcher alert = ALERT.matcher(message);
    if (alert.find()) {
      return ALERTS.get(alert.group(1));
    }
    if (message.contains("protocol version") || message.contains("unsupported_protocol")) {
      return "the server chose a TLS version that this channel does not speak" + VERSIONS;
    }
    if (message.contains("application_layer_protocol")) {
      return "the server chose by ALPN what was not offered" + HTTP2;
    }
    return null;
  }

  /**
   * Describes why a certificate is not accepted.
   *
   * @param howToTrust where trusted authorities are set
   * @param otherName what to do about a certificate for another host
   */
  static String certificate(CertificateException failure, String howToTrust, String otherName) {
    Throwable root = Causes.root(failure);
    String message = Causes.message(root);
    if (root instanceof CertificateExpiredException) {
      return "it has expired (" + message
          + "): have the server renew it, and check the clock of this machine";
    }
    if (root instanceof CertificateNotYetValidException) {
      return "it is not valid yet (" + message
          + "): check the clocks of this machine and of the one that made it";
    }
    if (root instanceof CertPathBuilderException) {
      return "no authority that this channel trusts has signed it (" + message
          + "): trust its CA, "
          + howToTrust;
    }
    if (root instanceof SignatureException) {
      return "an authority that this channel trusts has the same name as the one that signed it,"
          + " but another key ("
          + message
          + "): trust the CA's present certificate, it has been made anew";
    }
    if (message.startsWith("No subject alternative") || message.startsWith("No name matching")) {
      return "it is for another host (" + message + "): " + otherName;
    }
    return message;
  }

  private static Map.Entry<String, String> alert(String name, String advice) {
    return Map.entry(name, advice);
  }
}
