// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.tls;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** Issues certificates as the test's own certificate authority. */
public final class Pki {

  private static final AtomicInteger NAMES = new AtomicInteger();

  private final X509Bundle root;

  public Pki() {
    this("CN=Test CA " + NAMES.incrementAndGet());
  }

  Pki(String name) {
    try {
      root = new CertificateBuilder()
          .ecp256()
          .subject(name)
          .setIsCertificateAuthority(true)
          .buildSelfSigned();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** For {@code localhost} and its addresses, valid today. */
  public X509Bundle server() {
    return server(b -> b.addSanDnsName("localhost")
        .addSanIpAddress("127.0.0.1")
        .addSanIpAddress("0:0:0:0:0:0:0:1"));
  }

  /** For one host, valid today. */
  public X509Bundle server(String host) {
    return server(b -> b.addSanDnsName(host));
  }

  static X509Bundle selfSigned() throws Exception {
    return builder()
        .subject("CN=localhost")
        .addSanDnsName("localhost")
        .setIsCertificateAuthority(true)
        .buildSelfSigned();
  }

  X509Bundle server(UnaryOperator<CertificateBuilder> change) {
    return issue(change.apply(builder().subject("CN=server").addExtendedKeyUsageServerAuth()));
  }

  X509Bundle client(UnaryOperator<CertificateBuilder> change) {
    return issue(change.apply(builder().subject("CN=client").addExtendedKeyUsageClientAuth()));
  }

  public InputStream rootPem() {
    return pem(root.getCertificatePEM());
  }

  public static InputStream chainPem(X509Bundle certificate) {
    return pem(certificate.getCertificatePathPEM());
  }

  public static InputStream keyPem(X509Bundle certificate) {
    return pem(certificate.getPrivateKeyPEM());
  }

  X509Bundle root() {
    return root;
  }

  private static CertificateBuilder builder() {
    Instant now = Instant.now();
    return new CertificateBuilder()
        .ecp256()
        .notBefore(now.minus(1, ChronoUnit.DAYS))
        .notAfter(now.plus(1, ChronoUnit.DAYS));
  }

  private X509Bundle issue(CertificateBuilder builder) {
    try {
      return builder.buildIssuedBy(root);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static InputStream pem(String text) {
    return new ByteArrayInputStream(text.getBytes(UTF_8));
  }
}
