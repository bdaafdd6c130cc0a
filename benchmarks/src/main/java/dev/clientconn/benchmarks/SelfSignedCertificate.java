// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A certificate of the loopback interface for the time of one comparison: P-256, as most servers have. */
final class SelfSignedCertificate {

  private SelfSignedCertificate() {}

  /** Writes certificate and key as PEM files, which go with this process. */
  static ServerCertificate create() throws Exception {
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

  private static File write(Path path, String pem) throws IOException {
    Files.writeString(path, pem);
    path.toFile().deleteOnExit();
    return path.toFile();
  }
}
