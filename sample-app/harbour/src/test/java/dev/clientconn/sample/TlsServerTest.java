// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;

/** Calls the service with the profile that switches TLS on, on both sides. */
@ActiveProfiles("tls")
@ExtendWith(OutputCaptureExtension.class)
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {"spring.grpc.server.enabled=false", "grpc.client.targets.ports.deadline=60s"})
class TlsServerTest {

  private static final String BUNDLES = "spring.ssl.bundle.pem.";

  @TempDir
  private static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static PortsServer server;

  @DynamicPropertySource
  static void target(DynamicPropertyRegistry properties) throws Exception {
    X509Bundle localhost = new CertificateBuilder()
        .ecp256()
        .subject("CN=localhost")
        .addSanDnsName("localhost")
        .setIsCertificateAuthority(true)
        .buildSelfSigned();
    Path certificate = folder.resolve("ports.crt");
    Path key = folder.resolve("ports.key");
    Files.writeString(certificate, localhost.getCertificatePEM());
    Files.writeString(key, localhost.getPrivateKeyPEM());
    Map<String, String> files = Map.of(
        BUNDLES + "server.keystore.certificate", certificate.toUri().toString(),
        BUNDLES + "server.keystore.private-key", key.toUri().toString(),
        BUNDLES + "client.truststore.certificate", certificate.toUri().toString());

    server = PortsServer.start("tls", files);
    files.forEach((name, value) -> properties.add(name, () -> value));
    properties.add("grpc.client.targets.ports.address", () -> "localhost:" + server.port());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void callIsEncryptedAndLogged(@LocalServerPort int port, CapturedOutput output) {
    RestTestClient.bindToServer()
        .baseUrl("http://localhost:" + port)
        .build()
        .get()
        .uri("/ports/NLRTM")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.name")
        .isEqualTo("Rotterdam");

    assertThat(output).contains("clientconn.sample.v1.Ports/GetPort OK after");
  }
}
