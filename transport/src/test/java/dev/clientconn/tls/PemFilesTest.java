// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.PemFiles;
import dev.clientconn.testing.ChannelStates;
import dev.clientconn.testing.LoggedWarnings;
import io.grpc.Grpc;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Checks which contents of PEM files replace the material in use, and what refuses the others. */
@Timeout(120)
class PemFilesTest {

  @RegisterExtension
  final TlsHarness harness = new TlsHarness();

  @RegisterExtension
  final LoggedWarnings warnings = new LoggedWarnings();

  @TempDir
  Path directory;

  private final Pki pki = harness.pki;
  private Path roots = Path.of("");
  private Path chain = Path.of("");
  private Path key = Path.of("");

  @BeforeEach
  void writeFiles() throws IOException {
    roots = directory.resolve("ca.pem");
    chain = directory.resolve("client.pem");
    key = directory.resolve("client.key");
    Files.write(roots, pki.rootPem().readAllBytes());
    write(client("CN=first"));
  }

  @Test
  void newConnectionShowsTheCertificateOfTheReload() throws Exception {
    PemFiles files = PemFiles.mutual(roots, chain, key);
    ClientConn conn = connect(files);
    harness.works(conn);
    assertThat(principalSeenByTheServer()).isEqualTo("CN=first");

    write(client("CN=second"));
    assertThat(files.reload()).isTrue();
    ChannelStates.makeIdle(conn);
    harness.works(conn);

    assertThat(principalSeenByTheServer()).isEqualTo("CN=second");
    assertThat(warnings.messages()).isEmpty();
  }

  @Test
  void reloadOfTheSameContentChangesNothing() throws Exception {
    PemFiles files = PemFiles.mutual(roots, chain, key);
    ClientConn conn = connect(files);
    harness.works(conn);

    assertThat(files.reload()).isTrue();
    harness.works(conn);

    assertThat(conn.snapshot().subchannels().get(0).connections()).hasSize(1);
  }

  @Test
  void halfWrittenCertificateIsNotUsed() throws Exception {
    byte[] whole = Pki.chainPem(client("CN=second")).readAllBytes();

    refused(
        () -> Files.write(chain, Arrays.copyOf(whole, whole.length / 2)),
        "private key or certificate chain cannot be read");
  }

  @Test
  void halfWrittenKeyIsNotUsed() throws Exception {
    byte[] whole = Files.readAllBytes(key);

    refused(
        () -> Files.write(key, Arrays.copyOf(whole, whole.length / 2)),
        "private key or certificate chain cannot be read");
  }

  @Test
  void keyOfAnotherCertificateIsNotUsed() throws Exception {
    refused(
        () -> Files.write(key, Pki.keyPem(client("CN=second")).readAllBytes()),
        "the private key is not the key of the client certificate CN=first");
  }

  @Test
  void fileWithoutAKeyIsNotUsed() throws Exception {
    refused(
        () -> Files.write(key, Files.readAllBytes(chain)),
        "private key or certificate chain cannot be read");
  }

  @Test
  void missingFileIsNotUsed() throws Exception {
    refused(() -> Files.delete(chain), "NoSuchFile");
  }

  @Test
  void expiredCertificateIsNotUsed() throws Exception {
    Instant now = Instant.now();
    refused(
        () -> write(pki.client(b -> b.subject("CN=old")
            .notBefore(now.minus(9, ChronoUnit.DAYS))
            .notAfter(now.minus(2, ChronoUnit.DAYS)))),
        "the client certificate CN=old has expired");
  }

  @Test
  void certificateThatIsNotValidYetIsNotUsed() throws Exception {
    Instant now = Instant.now();
    refused(
        () -> write(pki.client(b -> b.subject("CN=early")
            .notBefore(now.plus(2, ChronoUnit.DAYS))
            .notAfter(now.plus(9, ChronoUnit.DAYS)))),
        "the client certificate CN=early is not valid yet");
  }

  @Test
  void emptyTrustFileIsNotUsed() throws Exception {
    refused(() -> Files.write(roots, new byte[0]), "trusted root certificates cannot be read");
  }

  @Test
  void filesThatAreReplacedOneAfterTheOtherAreUsedWhenAllAreThere() throws Exception {
    PemFiles files = PemFiles.mutual(roots, chain, key);
    X509Bundle second = client("CN=second");

    Files.write(chain, Pki.chainPem(second).readAllBytes());
    assertThat(files.reload()).isFalse();
    Files.write(key, Pki.keyPem(second).readAllBytes());
    assertThat(files.reload()).isTrue();

    harness.works(connect(files));
    assertThat(principalSeenByTheServer()).isEqualTo("CN=second");
    assertThat(warnings.messages()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = CertificateBuilder.Algorithm.class,
      names = {"rsa2048", "ecp256", "ecp384", "ed25519"})
  void keyIsComparedWithItsCertificate(CertificateBuilder.Algorithm algorithm) throws Exception {
    X509Bundle one = pki.client(b -> b.algorithm(algorithm).subject("CN=one"));
    X509Bundle other = pki.client(b -> b.algorithm(algorithm).subject("CN=other"));
    write(one);
    PemFiles files = PemFiles.mutual(roots, chain, key);

    write(chain, Pki.chainPem(other));
    assertThat(files.reload()).isFalse();
    write(key, Pki.keyPem(other));
    assertThat(files.reload()).isTrue();

    assertThat(warnings.messages().get(0))
        .contains("the private key is not the key of the client certificate CN=other");
  }

  @Test
  void keyOfAnotherAlgorithmIsNotUsed() throws Exception {
    refused(
        () -> write(
            key, Pki.keyPem(pki.client(b -> b.algorithm(CertificateBuilder.Algorithm.rsa2048)))),
        "the private key is not the key of the client certificate CN=first");
  }

  @Test
  void contentThatCannotBeUsedFailsTheStart() throws Exception {
    Files.write(key, Pki.keyPem(client("CN=second")).readAllBytes());

    assertThatThrownBy(() -> PemFiles.mutual(roots, chain, key))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(key.toString(), "is not the key of the client certificate");
    assertThatThrownBy(() -> PemFiles.trusting(directory.resolve("none.pem")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("none.pem");
  }

  /** The old material stays in use, with one warning, however often the files are read. */
  private void refused(Change change, String... reasons) throws Exception {
    PemFiles files = PemFiles.mutual(roots, chain, key);
    change.apply();

    assertThat(files.reload()).isFalse();
    assertThat(files.reload()).isFalse();

    assertThat(warnings.messages()).hasSize(1);
    assertThat(warnings.messages().get(0))
        .contains("is not used", roots.toString(), chain.toString(), key.toString())
        .contains(reasons);
    harness.works(connect(files));
    assertThat(principalSeenByTheServer()).isEqualTo("CN=first");
  }

  private ClientConn connect(PemFiles files) throws IOException {
    return ClientConnBuilder.forTarget("localhost:" + harness.serveMutual())
        .tls(files.tls())
        .build();
  }

  private String principalSeenByTheServer() throws Exception {
    return Objects.requireNonNull(Objects.requireNonNull(harness.served.poll(60, TimeUnit.SECONDS))
            .getAttributes()
            .get(Grpc.TRANSPORT_ATTR_SSL_SESSION))
        .getPeerPrincipal()
        .toString();
  }

  private X509Bundle client(String subject) {
    return pki.client(b -> b.subject(subject));
  }

  private void write(X509Bundle client) throws IOException {
    write(chain, Pki.chainPem(client));
    write(key, Pki.keyPem(client));
  }

  private static void write(Path file, InputStream content) throws IOException {
    Files.write(file, content.readAllBytes());
  }

  private interface Change {
    void apply() throws Exception;
  }
}
