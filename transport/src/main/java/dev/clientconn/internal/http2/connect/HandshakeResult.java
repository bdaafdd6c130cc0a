// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import java.security.SignatureException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.CertificateRevokedException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Names how TLS handshakes end, by the values of {@code grpc.tls.handshake.result} (gRFC A118). */
final class HandshakeResult {

  static final String SUCCESS = "SUCCESS";
  static final String TIMEOUT = "HANDSHAKE_TIMEOUT";
  private static final String CLOSED = "PEER_CONNECTION_CLOSED";

  private HandshakeResult() {}

  /**
   * @param cause {@code null} if the peer has closed the connection
   */
  static String of(@Nullable Throwable cause) {
    if (cause == null) {
      return CLOSED;
    }
    CertificateException certificate = Causes.find(cause, CertificateException.class);
    if (certificate != null) {
      return certificate(certificate);
    }
    if (Causes.find(cause, NoHttp2Exception.class) != null) {
      return "NO_APPLICATION_PROTOCOL";
    }
    return ConnectFailure.peerWentAway(cause)
        ? CLOSED
        : byMessage(Causes.message(cause).toLowerCase(Locale.ROOT));
  }

  private static String certificate(CertificateException failure) {
    Throwable root = Causes.root(failure);
    if (root instanceof CertificateExpiredException) {
      return "CERTIFICATE_EXPIRED";
    }
    if (root instanceof CertificateNotYetValidException) {
      return "CERTIFICATE_NOT_YET_VALID";
    }
    if (root instanceof CertificateRevokedException) {
      return "CERTIFICATE_REVOKED";
    }
    if (root instanceof CertPathBuilderException) {
      return "CERTIFICATE_AUTHORITY_INVALID";
    }
    if (root instanceof CertificateParsingException) {
      return "CERTIFICATE_MALFORMED";
    }
    if (root instanceof SignatureException) {
      return "SIGNATURE_VERIFICATION_FAILED";
    }
    String message = Causes.message(root);
    return message.startsWith("No subject alternative") || message.startsWith("No name matching")
        ? "CERTIFICATE_HOSTNAME_MISMATCH"
        : "CERTIFICATE_VERIFICATION_FAILED";
  }

  /** The alerts of the peer (RFC 8446 section 6.2) and this side's failures tell it by text. */
  private static String byMessage(String message) {
    if (message.contains("no_application_protocol") || message.contains("application_layer")) {
      return "NO_APPLICATION_PROTOCOL";
    }
    if (message.contains("protocol_version")
        || message.contains("protocol version")
        || message.contains("unsupported_protocol")) {
      return "PROTOCOL_VERSION_UNSUPPORTED";
    }
    if (message.contains("inappropriate_fallback")) {
      return "INAPPROPRIATE_FALLBACK";
    }
    if (message.contains("handshake_failure")
        || message.contains("insufficient_security")
        || message.contains("cipher")) {
      return "CIPHER_SUITE_MISMATCH";
    }
    if (message.contains("decrypt")) {
      return "DECRYPTION_FAILED";
    }
    return message.contains("unexpected_message") || message.contains("not an ssl/tls record")
        ? "UNEXPECTED_MESSAGE"
        : "UNKNOWN_FAILURE";
  }
}
