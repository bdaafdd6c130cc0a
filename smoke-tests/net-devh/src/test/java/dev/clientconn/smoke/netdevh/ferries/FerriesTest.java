// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.netdevh.ferries;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.smoke.netdevh.Configuration;
import dev.clientconn.smoke.netdevh.HarbourServer;
import io.grpc.TlsServerCredentials;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

@ExtendWith(OutputCaptureExtension.class)
class FerriesTest {

  @TempDir
  Path files;

  @BeforeEach
  void writeCertificates() throws Exception {
    write("server", "ferries.harbour");
    write("client", "office.harbour");
  }

  private void write(String name, String host) throws Exception {
    X509Bundle bundle = new CertificateBuilder()
        .subject("CN=" + host)
        .addSanDnsName(host)
        .setIsCertificateAuthority(true)
        .buildSelfSigned();
    Files.writeString(this.files.resolve(name + ".crt"), bundle.getCertificatePEM());
    Files.writeString(this.files.resolve(name + ".key"), bundle.getPrivateKeyPEM());
  }

  @ParameterizedTest
  @EnumSource
  void knownUserIsServed(Configuration configuration, CapturedOutput output) throws Exception {
    TlsServerCredentials.Builder credentials = TlsServerCredentials.newBuilder()
        .keyManager(
            this.files.resolve("server.crt").toFile(),
            this.files.resolve("server.key").toFile())
        .trustManager(this.files.resolve("client.crt").toFile())
        .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE);
    try (HarbourServer server = new HarbourServer(credentials.build());
        ConfigurableApplicationContext context = configuration.run(
            FerriesApplication.class,
            "ferries.port=" + server.port(),
            "tls.directory=" + this.files)) {
      assertThat(context.getBean(TicketOffice.class).nextTo("Skye")).isEqualTo("12:30 to Skye");

      assertThat(server.values("authorization")).containsExactly("Basic aGFyYm91cjpzZWFndWxs");
    }
    configuration.assertPrinted(FerriesApplication.class, output);
  }
}
