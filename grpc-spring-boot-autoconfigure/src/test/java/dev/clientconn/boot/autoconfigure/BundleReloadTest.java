// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Channel;
import io.grpc.TlsServerCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.info.SslInfo;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.pem.PemSslStore;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Changes SSL bundles of running channels. */
@Timeout(120)
class BundleReloadTest {

  private static final String BUNDLE = "spring.ssl.bundle.pem.mine.";

  private final RecordedWarnings warnings = RecordedWarnings.of("dev.clientconn.ClientConn");

  private final X509Bundle ca = authority();

  @TempDir
  private Path files;

  private HealthServer server;

  @BeforeEach
  void startServer() throws Exception {
    X509Bundle own = issue("CN=server", builder -> builder.addSanDnsName("localhost"));
    this.server = HealthServer.start(TlsServerCredentials.newBuilder()
        .keyManager(stream(own.getCertificatePathPEM()), stream(own.getPrivateKeyPEM()))
        .trustManager(stream(this.ca.getCertificatePEM()))
        .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
        .build());
  }

  @AfterEach
  void stopServer() {
    this.warnings.close();
    this.server.close();
  }

  @Test
  void bundleOfFilesThatChangeIsUsedByNewConnections() throws Exception {
    write(issue("CN=first", builder -> builder));
    String file = "file:" + this.files.resolve("client.");
    new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class))
        .withPropertyValues(
            "grpc.client.targets.greeter.address=" + this.server.address(),
            "grpc.client.targets.greeter.ssl.bundle=mine",
            "spring.ssl.bundle.watch.file.quiet-period=50ms",
            BUNDLE + "reload-on-update=true",
            BUNDLE + "keystore.certificate=" + file + "crt",
            BUNDLE + "keystore.private-key=" + file + "key",
            BUNDLE + "truststore.certificate=file:" + this.files.resolve("ca.crt"))
        .run(context -> {
          Channel channel = context.getBean(Channel.class);
          assertThat(call(channel)).isEqualTo("CN=first");

          write(issue("CN=second", builder -> builder));

          callUntil("CN=second", channel);
        });
  }

  @Test
  void updateOfTheRegistryReachesEveryTargetOfTheBundle() {
    DefaultSslBundleRegistry registry = registry(issue("CN=first", builder -> builder));
    runner(registry)
        .withPropertyValues(
            "grpc.client.targets.other.address=" + this.server.address(),
            "grpc.client.targets.other.ssl.bundle=mine")
        .run(context -> {
          Channel greeter = context.getBean("greeterClientConn", Channel.class);
          Channel other = context.getBean("otherClientConn", Channel.class);
          assertThat(call(greeter)).isEqualTo("CN=first");
          assertThat(call(other)).isEqualTo("CN=first");

          registry.updateBundle("mine", bundle(issue("CN=second", builder -> builder)));

          callUntil("CN=second", greeter);
          callUntil("CN=second", other);
          assertThat(this.warnings.texts).isEmpty();
        });
  }

  @Test
  void expiryThatBootShowsIsThatOfTheNewCertificate() {
    Instant soon = Instant.now().plus(3, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);
    DefaultSslBundleRegistry registry = registry(issue("CN=first", builder -> builder));
    runner(registry).withBean(SslInfo.class, () -> new SslInfo(registry)).run(context -> {
      Channel channel = context.getBean(Channel.class);
      assertThat(call(channel)).isEqualTo("CN=first");

      registry.updateBundle("mine", bundle(issue("CN=second", builder -> builder.notAfter(soon))));

      callUntil("CN=second", channel);
      assertThat(context.getBean(SslInfo.class).getBundles())
          .flatExtracting(SslInfo.BundleInfo::getCertificateChains)
          .flatExtracting(SslInfo.CertificateChainInfo::getCertificates)
          .filteredOn(certificate -> "CN=second".equals(certificate.getSubject()))
          .singleElement()
          .extracting(SslInfo.CertificateInfo::getValidityEnds)
          .isEqualTo(soon);
    });
  }

  @Test
  void expiredCertificateIsNotUsedAndWarnedOfOnce() {
    Instant now = Instant.now();
    assertRefused(
        bundle(issue(
            "CN=expired",
            builder -> builder
                .notBefore(now.minus(9, ChronoUnit.DAYS))
                .notAfter(now.minus(8, ChronoUnit.DAYS)))),
        "CN=expired has expired");
  }

  @Test
  void keyOfAnotherCertificateIsNotUsed() {
    X509Bundle second = issue("CN=second", builder -> builder);
    X509Bundle third = issue("CN=third", builder -> builder);
    assertRefused(
        bundle(second.getCertificatePathPEM(), third.getPrivateKeyPEM()),
        "the private key is not the key of the client certificate CN=second");
  }

  @Test
  void bundleThatHasLostItsKeyIsNotUsed() {
    assertRefused(bundle(null, null), "It has no private key");
  }

  @Test
  void halfWrittenFileIsNotUsed() throws Exception {
    X509Bundle second = issue("CN=second", builder -> builder);
    String chain = second.getCertificatePathPEM();
    Path file = this.files.resolve("half.crt");
    Files.writeString(file, chain.substring(0, chain.length() / 2));
    assertRefused(
        bundle("file:" + file, second.getPrivateKeyPEM()),
        "Unable to create key store: Missing certificates or unrecognized format");
  }

  @Test
  void closedContextTakesNoUpdates() {
    DefaultSslBundleRegistry registry = registry(issue("CN=first", builder -> builder));
    runner(registry).run(context -> call(context.getBean(Channel.class)));

    registry.updateBundle("mine", bundle(null, null));

    assertThat(this.warnings.texts).isEmpty();
  }

  private void assertRefused(SslBundle next, String reason) {
    DefaultSslBundleRegistry registry = registry(issue("CN=first", builder -> builder));
    runner(registry).run(context -> {
      Channel channel = context.getBean(Channel.class);
      call(channel);

      registry.updateBundle("mine", next);

      assertThat(call(channel)).isEqualTo("CN=first");
      assertThat(this.warnings.texts)
          .singleElement()
          .asString()
          .contains("the SSL bundle 'mine' (grpc.client.targets.greeter.ssl.bundle, ")
          .contains(reason);
    });
  }

  private ApplicationContextRunner runner(DefaultSslBundleRegistry registry) {
    return new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(GrpcClientAutoConfiguration.class))
        .withBean(SslBundles.class, () -> registry)
        .withPropertyValues(
            "grpc.client.targets.greeter.address=" + this.server.address(),
            "grpc.client.targets.greeter.ssl.bundle=mine");
  }

  private void callUntil(String principal, Channel channel) throws Exception {
    String seen = call(channel);
    while (!seen.equals(principal)) {
      Thread.onSpinWait();
      seen = call(channel);
    }
  }

  /** Returns whom the server saw. */
  private String call(Channel channel) throws Exception {
    HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
    return this.server
        .sessions
        .get(this.server.sessions.size() - 1)
        .getPeerPrincipal()
        .getName();
  }

  private DefaultSslBundleRegistry registry(X509Bundle first) {
    return new DefaultSslBundleRegistry("mine", bundle(first));
  }

  private SslBundle bundle(X509Bundle client) {
    return bundle(client.getCertificatePathPEM(), client.getPrivateKeyPEM());
  }

  private SslBundle bundle(@Nullable String chain, @Nullable String key) {
    return SslBundle.of(new PemSslStoreBundle(
        chain == null
            ? null
            : PemSslStore.load(PemSslStoreDetails.forCertificates(chain).withPrivateKey(key)),
        PemSslStore.load(PemSslStoreDetails.forCertificates(this.ca.getCertificatePEM()))));
  }

  private void write(X509Bundle client) throws IOException {
    Files.writeString(this.files.resolve("ca.crt"), this.ca.getCertificatePEM());
    Files.writeString(this.files.resolve("client.key"), client.getPrivateKeyPEM());
    Files.writeString(this.files.resolve("client.crt"), client.getCertificatePathPEM());
  }

  private static X509Bundle authority() {
    try {
      return new CertificateBuilder()
          .ecp256()
          .subject("CN=authority")
          .setIsCertificateAuthority(true)
          .buildSelfSigned();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private X509Bundle issue(String subject, UnaryOperator<CertificateBuilder> change) {
    try {
      return change
          .apply(new CertificateBuilder().ecp256().subject(subject))
          .buildIssuedBy(this.ca);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static InputStream stream(String pem) {
    return new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8));
  }
}
