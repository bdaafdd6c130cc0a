// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.ClientConnRefresher;
import dev.clientconn.boot.autoconfigure.ChannelStates;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.HealthServer;
import dev.clientconn.boot.autoconfigure.StartFailure;
import io.grpc.ConnectivityState;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsServerCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.health.actuate.endpoint.CompositeHealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.IndicatedHealthDescriptor;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;

@Timeout(120)
class GrpcClientHealthContributorAutoConfigurationTest {

  @RegisterExtension
  private final HealthServer server = HealthServer.start();

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(
          SslAutoConfiguration.class,
          HealthContributorAutoConfiguration.class,
          HealthContributorRegistryAutoConfiguration.class,
          HealthEndpointAutoConfiguration.class,
          GrpcClientAutoConfiguration.class,
          GrpcClientHealthContributorAutoConfiguration.class))
      .withPropertyValues("grpc.client.targets.greeter.address=" + this.server.address());

  @Test
  void idleTargetIsUpAndStaysIdle() {
    this.runner.run(context -> {
      IndicatedHealthDescriptor greeter = greeter(context);

      assertThat(greeter.getStatus()).isEqualTo(Status.UP);
      assertThat(greeter.getDetails())
          .containsEntry("state", "IDLE")
          .containsEntry("target", this.server.address())
          .containsEntry("connections", Map.of());
      assertThat(channel(context).getState(false)).isEqualTo(ConnectivityState.IDLE);
      assertThat(this.server.connections.availablePermits()).isZero();
    });
  }

  @Test
  void connectedTargetIsUpWithItsConnection() {
    this.runner.run(context -> {
      check(channel(context));
      ChannelStates.await(ConnectivityState.READY, channel(context));

      assertThat(greeter(context).getStatus()).isEqualTo(Status.UP);
      assertThat(greeter(context).getDetails())
          .containsEntry("state", "READY")
          .containsEntry("connections", Map.of("ready", 1))
          .doesNotContainKeys("failure", "certificates");
    });
  }

  @Test
  void targetThatCannotBeReachedIsDownWithTheReason() {
    this.runner
        .withPropertyValues("grpc.client.targets.greeter.address=localhost:1")
        .run(context -> {
          failCall(channel(context));

          assertThat(greeter(context).getStatus()).isEqualTo(Status.DOWN);
          assertThat(greeter(context).getDetails())
              .containsEntry("state", "TRANSIENT_FAILURE")
              .hasEntrySatisfying(
                  "failure", text -> assertThat(text).asString().contains("localhost"));
          assertThat(context.getBean(HealthEndpoint.class).health().getStatus())
              .isEqualTo(Status.DOWN);
        });
  }

  @Test
  void statusOfAStateIsConfiguredPerTargetAndForAll() {
    this.runner
        .withPropertyValues(
            "grpc.client.defaults.health.idle=unknown",
            "grpc.client.targets.strict.address=localhost:1",
            "grpc.client.targets.strict.health.idle=out-of-service",
            "grpc.client.targets.optional.address=localhost:1",
            "grpc.client.targets.optional.health.failure=up")
        .run(context -> {
          failCall(context.getBean("optionalClientConn", ClientConn.class));

          assertThat(greeter(context).getStatus()).isEqualTo(Status.UNKNOWN);
          assertThat(target(context, "strict").getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
          assertThat(target(context, "optional").getStatus()).isEqualTo(Status.UP);
        });
  }

  @Test
  void shutDownChannelIsOutOfService() {
    this.runner.run(context -> {
      channel(context).shutdownNow();

      assertThat(greeter(context).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
    });
  }

  @Test
  void checkConnectsAnIdleChannelOnlyOnRequest() {
    this.runner
        .withPropertyValues("grpc.client.targets.greeter.health.connect=true")
        .run(context -> {
          assertThat(greeter(context).getStatus()).isIn(Status.UNKNOWN, Status.UP);

          assertThat(this.server.connections.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
          ChannelStates.await(ConnectivityState.READY, channel(context));
          assertThat(greeter(context).getStatus()).isEqualTo(Status.UP);
        });
  }

  @Test
  void targetsCanBeLeftOutAndSettingsChangeByARefresh() {
    this.runner
        .withPropertyValues(
            "grpc.client.targets.other.address=localhost:1",
            "grpc.client.targets.other.health.enabled=false")
        .run(context -> {
          assertThat(all(context).getComponents()).containsOnlyKeys("greeter");
          assertThat(context.getBean(HealthEndpoint.class).healthForPath("grpcClients", "other"))
              .isNull();

          TestPropertyValues.of(
                  "grpc.client.targets.other.health.enabled=true",
                  "grpc.client.targets.greeter.health.idle=down")
              .applyTo(context);
          context.getBean(ClientConnRefresher.class).refresh();

          assertThat(all(context).getComponents()).containsOnlyKeys("greeter", "other");
          assertThat(greeter(context).getStatus()).isEqualTo(Status.DOWN);
        });
  }

  @Test
  void targetCanBeNamedInAGroup() {
    this.runner
        .withPropertyValues(
            "management.endpoint.health.group.readiness.include=grpcClients/greeter")
        .run(context -> assertThat(context.getBean(HealthEndpoint.class).healthForPath("readiness"))
            .extracting("status")
            .isEqualTo(Status.UP));
    this.runner
        .withPropertyValues("management.endpoint.health.group.readiness.include=grpcClients/greter")
        .run(context -> assertThat(context)
            .getFailure()
            .hasStackTraceContaining("Health contributor 'grpcClients/greter'"));
  }

  @Test
  void channelOfTheApplicationIsThereToo() {
    this.runner
        .withBean(
            "ownClientConn",
            ClientConn.class,
            () -> ClientConnBuilder.forTarget("static://localhost:1")
                .usePlaintext()
                .build())
        .run(context -> assertThat(target(context, "own").getStatus()).isEqualTo(Status.UP));
  }

  @Test
  void certificatesShowTheirEndAndWarnBeforeIt() throws Exception {
    Instant soon = Instant.now().plus(Duration.ofHours(100)).truncatedTo(ChronoUnit.SECONDS);
    Instant late = Instant.now().plus(Duration.ofDays(400)).truncatedTo(ChronoUnit.SECONDS);
    X509Bundle ca = new CertificateBuilder()
        .subject("CN=authority")
        .notAfter(late)
        .setIsCertificateAuthority(true)
        .buildSelfSigned();
    X509Bundle ofServer = new CertificateBuilder()
        .subject("CN=server")
        .addSanDnsName("localhost")
        .notAfter(soon)
        .buildIssuedBy(ca);
    X509Bundle ofClient =
        new CertificateBuilder().subject("CN=client").notAfter(soon).buildIssuedBy(ca);
    try (HealthServer secure = HealthServer.start(TlsServerCredentials.newBuilder()
        .keyManager(stream(ofServer.getCertificatePathPEM()), stream(ofServer.getPrivateKeyPEM()))
        .build())) {
      this.runner
          .withPropertyValues(
              "grpc.client.targets.greeter.address=" + secure.address(),
              "grpc.client.targets.greeter.ssl.bundle=mine",
              "spring.ssl.bundle.pem.mine.keystore.certificate=" + ofClient.getCertificatePEM(),
              "spring.ssl.bundle.pem.mine.keystore.private-key=" + ofClient.getPrivateKeyPEM(),
              "spring.ssl.bundle.pem.mine.truststore.certificate=" + ca.getCertificatePEM())
          .run(context -> {
            check(channel(context));

            assertThat(certificates(greeter(context)))
                .containsOnlyKeys("client", "authorities", "server")
                .containsEntry("authorities", Map.of("expires", late.toString()))
                .containsEntry("client", expiring(soon))
                .containsEntry("server", expiring(soon));
            assertThat(greeter(context).getStatus()).isEqualTo(Status.UP);
            assertThat(greeter(context).getDetails().toString()).doesNotContain("PRIVATE");
          });
      this.runner
          .withPropertyValues(
              "grpc.client.targets.greeter.address=" + secure.address(),
              "grpc.client.targets.greeter.health.certificate-threshold=1h",
              "grpc.client.targets.greeter.ssl.bundle=mine",
              "spring.ssl.bundle.pem.mine.truststore.certificate=" + ca.getCertificatePEM())
          .run(context -> {
            check(channel(context));

            assertThat(certificates(greeter(context)))
                .containsOnlyKeys("authorities", "server")
                .containsEntry("server", Map.of("expires", soon.toString()));
          });
    }
  }

  private static Map<String, String> expiring(Instant end) {
    return Map.of("expires", end.toString(), "warning", "expires in 4 days");
  }

  @Test
  void negativeThresholdFailsTheStart() {
    assertThat(
            StartFailure.of(this.runner, "grpc.client.defaults.health.certificate-threshold: -1d")
                .getDescription())
        .contains("grpc.client.defaults.health.certificate-threshold")
        .contains("It must not be negative.");
  }

  @Test
  void contributorOfTheApplicationWins() {
    HealthIndicator own = () -> Health.up().withDetail("own", true).build();
    this.runner
        .withBean("grpcClientsHealthIndicator", HealthIndicator.class, () -> own)
        .run(context -> assertThat(
                context.getBean(HealthEndpoint.class).healthForPath("grpcClients"))
            .extracting("details")
            .isEqualTo(Map.of("own", true)));
  }

  @Test
  void switchesOfOursAndOfBootSwitchOff() {
    for (String key :
        new String[] {"grpc.client.health.enabled", "management.health.grpcclients.enabled"}) {
      this.runner
          .withPropertyValues(key + "=false")
          .run(context -> assertThat(context).doesNotHaveBean("grpcClientsHealthContributor"));
    }
  }

  @Test
  void healthModuleIsNotNeeded() {
    new ApplicationContextRunner()
        .withClassLoader(new FilteredClassLoader(HealthContributor.class))
        .withConfiguration(AutoConfigurations.of(
            GrpcClientAutoConfiguration.class, GrpcClientHealthContributorAutoConfiguration.class))
        .withPropertyValues(
            "grpc.client.targets.greeter.address=" + this.server.address(),
            "grpc.client.targets.greeter.health.idle=unknown")
        .run(context -> {
          assertThat(context).hasNotFailed().doesNotHaveBean("grpcClientsHealthContributor");
          check(channel(context));
        });
  }

  @Test
  void nothingIsReportedWithoutClients() {
    this.runner
        .withPropertyValues("grpc.client.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean("grpcClientsHealthContributor"));
  }

  private static ClientConn channel(AssertableApplicationContext context) {
    return context.getBean("greeterClientConn", ClientConn.class);
  }

  private static void check(ClientConn channel) {
    HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
  }

  private static void failCall(ClientConn channel) {
    assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> check(channel));
    ChannelStates.await(ConnectivityState.TRANSIENT_FAILURE, channel);
  }

  private static InputStream stream(String pem) {
    return new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8));
  }

  private static CompositeHealthDescriptor all(AssertableApplicationContext context) {
    HealthDescriptor health = context.getBean(HealthEndpoint.class).healthForPath("grpcClients");
    return (CompositeHealthDescriptor) Objects.requireNonNull(health);
  }

  private static IndicatedHealthDescriptor greeter(AssertableApplicationContext context) {
    return target(context, "greeter");
  }

  private static IndicatedHealthDescriptor target(
      AssertableApplicationContext context, String name) {
    HealthDescriptor health =
        context.getBean(HealthEndpoint.class).healthForPath("grpcClients", name);
    return (IndicatedHealthDescriptor) Objects.requireNonNull(health);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> certificates(IndicatedHealthDescriptor health) {
    return (Map<String, Object>)
        Objects.requireNonNull(health.getDetails()).getOrDefault("certificates", Map.of());
  }
}
