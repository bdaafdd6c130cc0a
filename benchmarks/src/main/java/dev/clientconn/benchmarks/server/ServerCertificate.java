// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.server;

import dev.clientconn.benchmarks.workload.Workload;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLException;

/**
 * The certificate of ports with TLS.
 *
 * @param certificate chain in PEM
 * @param key its private key in PEM, PKCS#8, not encrypted
 */
public record ServerCertificate(File certificate, File key) {

  /**
   * Creates a P-256 certificate for loopback, as PEM files that are deleted when this process ends.
   */
  public static ServerCertificate createSelfSigned() throws Exception {
    X509Bundle bundle = new CertificateBuilder()
        .ecp256()
        .subject("CN=localhost")
        .addSanDnsName("localhost")
        .addSanIpAddress("127.0.0.1")
        .setIsCertificateAuthority(true)
        .buildSelfSigned();
    Path directory = Files.createTempDirectory("benchmarks-tls");
    directory.toFile().deleteOnExit();
    return new ServerCertificate(
        write(directory.resolve("server.pem"), bundle.getCertificatePathPEM()),
        write(directory.resolve("server.key"), bundle.getPrivateKeyPEM()));
  }

  /** Uses OpenSSL where it loads, because it costs the server less; ALPN offers only HTTP/2. */
  SslContext context() throws SSLException {
    return SslContextBuilder.forServer(certificate, key)
        .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
        .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
        .applicationProtocolConfig(new ApplicationProtocolConfig(
            Protocol.ALPN,
            SelectorFailureBehavior.NO_ADVERTISE,
            SelectedListenerFailureBehavior.ACCEPT,
            ApplicationProtocolNames.HTTP_2))
        .build();
  }

  static IllegalArgumentException missing(Workload workload) {
    return new IllegalArgumentException("no certificate for '" + workload.spec() + "'");
  }

  private static File write(Path path, String pem) throws IOException {
    Files.writeString(path, pem);
    path.toFile().deleteOnExit();
    return path.toFile();
  }
}
