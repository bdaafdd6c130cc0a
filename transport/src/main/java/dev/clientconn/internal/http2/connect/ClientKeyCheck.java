// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a client's certificates are valid now and that the private key belongs to them. TLS
 * libraries find neither before a handshake, when the server rejects the certificate with an alert
 * that rarely says why.
 */
public final class ClientKeyCheck {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  private static final String[] ALGORITHMS = {"EC", "RSA", "EdDSA"};

  private ClientKeyCheck() {}

  /**
   * Checks the client certificate of the credentials, if they have one.
   *
   * @throws IllegalArgumentException naming the problem
   */
  public static void check(ChannelCredentials credentials) {
    if (!(credentials instanceof TlsChannelCredentials tls)) {
      return;
    }
    List<KeyManager> managers = tls.getKeyManagers();
    byte[] chain = tls.getCertificateChain();
    byte[] key = tls.getPrivateKey();
    if (managers != null && !managers.isEmpty()) {
      if (managers.get(0) instanceof X509KeyManager manager) {
        check(manager);
      }
    } else if (chain != null && key != null) {
      check(certificates(chain), tls.getPrivateKeyPassword() == null ? parse(key) : null);
    }
  }

  private static void check(X509KeyManager manager) {
    for (String algorithm : ALGORITHMS) {
      String[] aliases = manager.getClientAliases(algorithm, null);
      if (aliases != null) {
        for (String alias : aliases) {
          X509Certificate[] chain = manager.getCertificateChain(alias);
          if (chain != null && chain.length > 0) {
            check(List.of(chain), manager.getPrivateKey(alias));
          }
        }
      }
    }
  }

  private static void check(List<X509Certificate> chain, @Nullable PrivateKey key) {
    for (X509Certificate certificate : chain) {
      checkValidity(certificate);
    }
    if (key != null && !belongs(key, chain.get(0))) {
      throw new IllegalArgumentException("the private key is not the key of the client certificate "
          + chain.get(0).getSubjectX500Principal());
    }
  }

  private static void checkValidity(X509Certificate certificate) {
    try {
      certificate.checkValidity();
    } catch (CertificateExpiredException e) {
      throw new IllegalArgumentException(
          "the client certificate " + certificate.getSubjectX500Principal() + " has expired ("
              + e.getMessage() + ")",
          e);
    } catch (CertificateNotYetValidException e) {
      throw new IllegalArgumentException(
          "the client certificate " + certificate.getSubjectX500Principal() + " is not valid yet ("
              + e.getMessage() + ")",
          e);
    }
  }

  private static List<X509Certificate> certificates(byte[] pem) {
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(pem))
          .stream()
          .map(X509Certificate.class::cast)
          .toList();
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "the client certificates cannot be read: " + e.getMessage(), e);
    }
  }

  /** Returns {@code null} for a key of another format, which the TLS library may still know. */
  private static @Nullable PrivateKey parse(byte[] pem) {
    Matcher block = KEY.matcher(new String(pem, StandardCharsets.ISO_8859_1));
    if (!block.find()) {
      return null;
    }
    PKCS8EncodedKeySpec encoded =
        new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(block.group(1)));
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
      } catch (GeneralSecurityException e) {
        // It is of another algorithm.
      }
    }
    return null;
  }

  /** Whether the certificate's key verifies what the private key signs. */
  private static boolean belongs(PrivateKey key, X509Certificate certificate) {
    String type = certificate.getPublicKey().getAlgorithm();
    String algorithm = signature(key.getAlgorithm());
    if (algorithm == null || signature(type) == null) {
      return true;
    }
    if (!algorithm.equals(signature(type))) {
      return false;
    }
    try {
      byte[] sample = new byte[32];
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(key);
      signer.update(sample);
      byte[] signed = signer.sign();
      signer.initVerify(certificate.getPublicKey());
      signer.update(sample);
      return signer.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** Returns {@code null} for a kind of key that is not checked. */
  private static @Nullable String signature(String keyAlgorithm) {
    return switch (keyAlgorithm) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      case "EdDSA", "Ed25519", "Ed448" -> "EdDSA";
      default -> null;
    };
  }
}
