// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.ClientConnRefresher;
import dev.clientconn.boot.GrpcClientConnectionDetails;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.HealthServer;
import dev.clientconn.boot.autoconfigure.StartFailure;
import io.grpc.Channel;
import io.grpc.TlsServerCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStore;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Connects targets by connection details of the application. */
@Timeout(120)
class ConnectionDetailsTest {

  private static final String GREETER = "grpc.client.targets.greeter.";

  @RegisterExtension
  private final HealthServer server = HealthServer.start();

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(GrpcClientAutoConfiguration.class));

  @Test
  void detailsTakePrecedenceOverAddressSecurityAndProxy() {
    this.runner
        .withPropertyValues(
            GREETER + "address=greeter.example:443",
            GREETER + "ssl.bundle=missing",
            GREETER + "ssl.verify=none",
            GREETER + "proxy.address=proxy.example:3128")
        .withBean(GrpcClientConnectionDetails.class, () -> details(this.server::address, "greeter"))
        .run(context ->
            assertThat(check(context.getBean(ClientConn.class))).isEqualTo(HealthServer.serving()));
  }

  @Test
  void targetNeedsNoAddressAndItsNameMayBeSpeltOtherwise() {
    this.runner
        .withPropertyValues("grpc.client.targets.order-service.deadline=20s")
        .withBean(
            GrpcClientConnectionDetails.class, () -> details(this.server::address, "orderService"))
        .run(context ->
            assertThat(check(context.getBean(ClientConn.class))).isEqualTo(HealthServer.serving()));
  }

  @Test
  void targetsWithoutDetailsUseTheirProperties() {
    this.runner
        .withPropertyValues(
            GREETER + "deadline=20s", "grpc.client.targets.other.address=" + this.server.address())
        .withBean(GrpcClientConnectionDetails.class, () -> details(this.server::address, "greeter"))
        .run(context -> {
          assertThat(check(context.getBean("greeterClientConn", Channel.class))).isNotNull();
          assertThat(check(context.getBean("otherClientConn", Channel.class))).isNotNull();
        });
  }

  @Test
  void bundleOfDetailsIsUsedForTls() throws Exception {
    X509Bundle own = new CertificateBuilder()
        .ecp256()
        .subject("CN=server")
        .addSanDnsName("localhost")
        .setIsCertificateAuthority(true)
        .buildSelfSigned();
    SslBundle bundle = SslBundle.of(new PemSslStoreBundle(
        null, PemSslStore.load(PemSslStoreDetails.forCertificates(own.getCertificatePEM()))));
    try (HealthServer secure = HealthServer.start(TlsServerCredentials.create(
        stream(own.getCertificatePathPEM()), stream(own.getPrivateKeyPEM())))) {
      this.runner
          .withPropertyValues(GREETER + "ssl.enabled=false")
          .withBean(
              GrpcClientConnectionDetails.class,
              () -> new Details(Set.of("greeter"), secure::address, bundle))
          .run(context -> {
            assertThat(check(context.getBean(ClientConn.class))).isNotNull();

            assertThat(context.getBean(ClientConnRefresher.class).refresh()).isEmpty();

            assertThat(check(context.getBean(ClientConn.class))).isNotNull();
            assertThat(secure.connections.availablePermits()).isEqualTo(1);
          });
    }
  }

  @Test
  void changedAddressOfDetailsIsAppliedAtARefresh() {
    String[] address = {"localhost:1"};
    this.runner
        .withPropertyValues(GREETER + "wait-for-ready=true")
        .withBean(GrpcClientConnectionDetails.class, () -> details(() -> address[0], "greeter"))
        .run(context -> {
          address[0] = this.server.address();

          assertThat(context.getBean(ClientConnRefresher.class).refresh())
              .containsExactly("greeter");

          assertThat(check(context.getBean(ClientConn.class))).isNotNull();
        });
  }

  @Test
  void detailsOfATargetThatIsNotConfiguredFailTheStart() {
    FailureAnalysis analysis = StartFailure.of(this.runner
        .withPropertyValues(GREETER + "deadline=20s")
        .withBean("mine", Details.class, () -> details(this.server::address, "greetr")));

    assertThat(analysis.getDescription())
        .isEqualTo("The connection details from the bean 'mine' are for the gRPC target 'greetr',"
            + " which is not configured. Did you mean 'greeter'? Configured: greeter.");
    assertThat(analysis.getAction()).contains("grpc.client.targets.greetr needs at least one key");
  }

  @Test
  void detailsWithoutAnyTargetConfiguredFailTheStart() {
    FailureAnalysis analysis = StartFailure.of(this.runner.withBean(
        "mine", Details.class, () -> details(this.server::address, "greeter")));

    assertThat(analysis.getDescription())
        .contains("'mine'")
        .contains("There is no target below grpc.client.targets.");
  }

  @Test
  void severalDetailsOfATargetFailTheStart() {
    FailureAnalysis analysis = StartFailure.of(this.runner
        .withPropertyValues(GREETER + "deadline=20s")
        .withBean("mine", Details.class, () -> details(this.server::address, "greeter"))
        .withBean("yours", Details.class, () -> details(this.server::address, "Greeter")));

    assertThat(analysis.getDescription())
        .isEqualTo("The gRPC target 'greeter' has connection details from the bean 'mine', and"
            + " also from the bean 'yours'.");
  }

  @Test
  void unusableAddressNamesTheBeanAndNotTheProperty() {
    assertThat(unusable(() -> "localhost:99999"))
        .startsWith("The connection details of the gRPC target 'greeter' from the bean 'mine'")
        .endsWith("be used: The address 'localhost:99999': The port 99999 is not between 1 and"
            + " 65535.");
    assertThat(unusable(() -> "foo:///x")).contains("'mine'").contains("the scheme 'foo'");
    assertThat(unusable(() -> " ")).contains("'mine'").endsWith("They have no address.");
    assertThat(unusable(() -> null)).contains("'mine'").endsWith("They have no address.");
    assertThat(unusable(() -> {
          throw new IllegalStateException("not started");
        }))
        .contains("'mine'")
        .endsWith("java.lang.IllegalStateException: not started");
  }

  @Test
  void namesThatCannotBeReadNameTheBean() {
    FailureAnalysis analysis = StartFailure.of(this.runner
        .withPropertyValues(GREETER + "deadline=20s")
        .withBean("mine", Details.class, () -> new Details(null, this.server::address, null)));

    assertThat(analysis.getDescription())
        .startsWith(
            "The connection details from the bean 'mine' do not say for which gRPC targets");
  }

  private String unusable(Supplier<@Nullable String> address) {
    return StartFailure.of(this.runner
            .withPropertyValues(GREETER + "address=greeter.example:443")
            .withBean("mine", Details.class, () -> details(address, "greeter")))
        .getDescription();
  }

  private static Details details(Supplier<@Nullable String> address, String... targets) {
    return new Details(Set.of(targets), address, null);
  }

  private static HealthCheckResponse check(Channel channel) {
    return HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
  }

  private static InputStream stream(String pem) {
    return new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns null where a test says so, as an application might. */
  @SuppressWarnings("NullAway")
  private record Details(
      @Nullable Set<String> targets,
      Supplier<@Nullable String> address,
      @Nullable SslBundle bundle) implements GrpcClientConnectionDetails {

    @Override
    public Set<String> getTargets() {
      return this.targets;
    }

    @Override
    public String getAddress() {
      return this.address.get();
    }

    @Override
    public @Nullable SslBundle getSslBundle() {
      return this.bundle;
    }
  }
}
