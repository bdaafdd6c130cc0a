// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static dev.clientconn.boot.autoconfigure.ClientCertificates.problems;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import java.time.Instant;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class TlsTest {

  private static final String BUNDLE = "spring.ssl.bundle.pem.mine.";

  @RegisterExtension
  private final HealthServer server = HealthServer.startWithTls();

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(
          AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class))
      .withPropertyValues("grpc.client.targets.greeter.address=" + this.server.address());

  @Test
  void bundleAloneMeansTls() {
    this.runner
        .withPropertyValues(
            "grpc.client.targets.greeter.ssl.bundle=mine",
            BUNDLE + "truststore.certificate=classpath:tls/server.crt")
        .run(context -> assertThat(check(context.getBean(Channel.class))).isNotNull());
  }

  @Test
  void keyOfTheBundleIdentifiesTheClient() {
    this.runner
        .withPropertyValues(
            "grpc.client.targets.greeter.ssl.bundle=mine",
            BUNDLE + "truststore.certificate=classpath:tls/server.crt",
            BUNDLE + "keystore.certificate=classpath:tls/server.crt",
            BUNDLE + "keystore.private-key=classpath:tls/server.key")
        .run(context -> {
          check(context.getBean(Channel.class));
          assertThat(this.server.sessions.get(0).getPeerPrincipal().getName())
              .isEqualTo("CN=localhost");
        });
  }

  @Test
  void securityKeysOfNetDevhBecomeABundle() {
    String old = "grpc.client.ships.security.";
    this.runner
        .withPropertyValues(
            "grpc.client.migration=translate",
            "grpc.client.ships.address=" + this.server.address(),
            old + "trust-cert-collection=tls/server.crt",
            old + "client-auth-enabled=true",
            old + "certificate-chain=classpath:tls/server.crt",
            old + "private-key=classpath:tls/server.key",
            old + "protocols=TLSv1.2")
        .run(context -> {
          check(context.getBean("shipsClientConn", Channel.class));
          assertThat(this.server.sessions.get(0).getPeerPrincipal().getName())
              .isEqualTo("CN=localhost");
          assertThat(this.server.sessions.get(0).getProtocol()).isEqualTo("TLSv1.2");
        });
  }

  @Test
  void timeOfTheClientsCertificateIsJudged() {
    this.runner
        .withPropertyValues(
            BUNDLE + "keystore.certificate=classpath:tls/server.crt",
            BUNDLE + "keystore.private-key=classpath:tls/server.key",
            BUNDLE + "truststore.certificate=classpath:tls/server.crt")
        .run(context -> {
          SslStoreBundle stores =
              context.getBean(SslBundles.class).getBundle("mine").getStores();

          assertThat(problems(stores.getKeyStore(), Instant.now())).isEmpty();
          assertThat(problems(stores.getKeyStore(), Instant.parse("9000-01-01T00:00:00Z")))
              .singleElement(InstanceOfAssertFactories.STRING)
              .contains("the certificate of CN=localhost has expired (", "): renew it");
          assertThat(problems(stores.getKeyStore(), Instant.EPOCH))
              .singleElement(InstanceOfAssertFactories.STRING)
              .contains("the certificate of CN=localhost is not valid yet (");
          assertThat(problems(stores.getTrustStore(), Instant.EPOCH))
              .as("certificates without a key are not the client's")
              .isEmpty();
        });
  }

  @Test
  void protocolsAndCiphersOfTheBundleAreObeyed() {
    this.runner
        .withPropertyValues(
            "grpc.client.targets.greeter.ssl.bundle=mine",
            BUNDLE + "truststore.certificate=classpath:tls/server.crt",
            BUNDLE + "options.enabled-protocols=TLSv1.2",
            BUNDLE + "options.ciphers=TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384")
        .run(context -> {
          check(context.getBean(Channel.class));
          assertThat(this.server.sessions.get(0).getProtocol()).isEqualTo("TLSv1.2");
          assertThat(this.server.sessions.get(0).getCipherSuite())
              .isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
        });
  }

  @Test
  void serverThatIsNotTrustedIsRefused() {
    this.runner
        .withPropertyValues("grpc.client.targets.greeter.ssl.enabled=true")
        .run(context -> assertThatExceptionOfType(StatusRuntimeException.class)
            .isThrownBy(() -> check(context.getBean(Channel.class)))
            .withMessageContaining("UNAVAILABLE"));
  }

  private static HealthCheckResponse check(Channel channel) {
    return HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
  }
}
