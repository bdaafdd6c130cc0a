// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.autoconfigure.settings.ConnectMode;
import dev.clientconn.boot.autoconfigure.settings.ConnectSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.util.unit.DataSize;

/** Checks what becomes of keys of net.devh's starter, and that the start says what to write. */
@ExtendWith(OutputCaptureExtension.class)
class NetDevhKeysTest {

  private static final String TRANSLATE = "grpc.client.migration: translate\n";

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(
          AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class));

  @Test
  void startFailsWithTheCompleteNewConfiguration() {
    FailureAnalysis analysis = StartFailure.of(this.runner, """
        grpc:
          client:
            GLOBAL:
              enable-keep-alive: true
              keep-alive-time: 30s
              security.private-key-password: hunter2
            greeter:
              address: static://localhost:9090
              negotiation-type: plaintext
              max-inbound-message-size: -1
        """);

    assertThat(analysis.getDescription())
        .startsWith("6 keys of gRPC clients are unknown:")
        .contains("Property: grpc.client.greeter.negotiation-type", "application.yml - 9:")
        .contains("not directly below grpc.client as in the starter of net.devh")
        .doesNotContain("hunter2");
    assertThat(analysis.getAction()).isEqualTo("""
        Write instead:

            grpc:
              client:
                defaults:
                  load-balancing-policy: round_robin
                  keepalive:
                    time: 30s
                interceptors:
                  global: annotated
                targets:
                  greeter:
                    address: static://localhost:9090
                    ssl:
                      enabled: false
                    inbound:
                      message:
                        max-size: 2147483647B

        Left out:

            grpc.client.global.security.private-key-password: It has no effect without TLS.

        Or let the old keys be translated for now: grpc.client.migration: translate
        """);
  }

  @Test
  void translatedKeysAreASettingOfTheTarget() {
    TargetSettings settings = translated("""
        GLOBAL:
          default-request-timeout: 2500
          security.authority-override: greeter.example
        greeter:
          address: dns:/localhost:9090
          enableKeepAlive: true
          keepAliveTime: 3
          keepAliveTimeout: 5
          keepAliveWithoutCalls: true
          shutdownGracePeriod: -1
          maxInboundMetadataSize: 16384
          userAgent: harbour
        """).settings("greeter");

    GrpcClientProperties.Target values = settings.values();
    assertThat(settings.address()).isEqualTo("dns:///localhost:9090");
    assertThat(values.getAuthority()).isEqualTo("greeter.example");
    assertThat(values.getSsl().getEnabled()).isTrue();
    assertThat(values.getLoadBalancingPolicy()).isEqualTo("round_robin");
    assertThat(values.getDeadline()).isEqualTo(Duration.ofMillis(2500));
    assertThat(values.getKeepalive().getTime()).isEqualTo(Duration.ofSeconds(10));
    assertThat(values.getKeepalive().getTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(values.getKeepalive().getWithoutCalls()).isTrue();
    assertThat(values.getShutdown().getGracePeriod()).isEqualTo(Duration.ofSeconds(-1));
    assertThat(values.getInbound().getMetadata().getMaxSize()).isEqualTo(DataSize.ofBytes(16384));
    assertThat(values.getUserAgent()).isEqualTo("harbour");
  }

  @Test
  void limitOfTheFirstConnectionRequiresIt() {
    SettingsFixture fixture = new SettingsFixture().yaml(TRANSLATE + """
        grpc.client:
          ports:
            address: static://localhost:9090
            immediate-connect-timeout: 1500
          ships:
            address: static://localhost:9091
            immediate-connect-timeout: 0
        """);

    assertThat(fixture.netDevh().lines()).containsOnlyOnce("""
                        connect:
                          mode: required
                          required-timeout: 1500ms
            """);
    ConnectSettings connect = fixture.checkedKeys().settings("ports").values().getConnect();
    assertThat(connect.getMode()).isEqualTo(ConnectMode.REQUIRED);
    assertThat(connect.getRequiredTimeout()).isEqualTo(Duration.ofMillis(1500));
    assertThat(fixture.settings("ships").values().getConnect().getMode()).isNull();
  }

  @Test
  void clientWithoutAnAddressCallsItsName() {
    SettingsFixture withoutSpringCloud = new SettingsFixture()
        .without(DiscoveryClient.class)
        .yaml(TRANSLATE + "grpc.client.ports.user-agent: harbour")
        .checkedKeys();
    assertThat(withoutSpringCloud.settings("ports").address()).isEqualTo("dns:///ports");
    assertThat(translated("""
        GLOBAL.address: static://localhost:1
        ports.user-agent: harbour
        """).settings("ports").address()).isEqualTo("static://localhost:1");
  }

  @Test
  void clientWithoutAnAddressCallsTheServiceOfItsNameWhereSpringCloudFindsServices() {
    assertThat(translated("ports.user-agent: harbour").settings("ports").address())
        .isEqualTo("discovery:///ports");
    SettingsFixture switchedOff = new SettingsFixture().yaml(TRANSLATE + """
            spring.cloud.discovery.enabled: false
            grpc.client.ports.user-agent: harbour
            """).checkedKeys();
    assertThat(switchedOff.settings("ports").address()).isEqualTo("dns:///ports");
  }

  @Test
  void switchOfATargetOverridesTheGlobalOne() {
    InheritedSettings all = translated("""
        GLOBAL:
          enable-keep-alive: true
          negotiation-type: plaintext
        ports.enable-keep-alive: false
        ships.address: static://localhost:1
        """);

    assertThat(all.settings("ports").values().getKeepalive().getTime()).isNull();
    assertThat(all.settings("ships").values().getKeepalive().getTime())
        .isEqualTo(Duration.ofMinutes(5));
    assertThat(all.settings("ships").values().getSsl().getEnabled()).isFalse();
  }

  @Test
  void newKeysOverrideOldOnesAndOtherTargetsInheritNothing() {
    InheritedSettings all =
        new SettingsFixture().yaml(TRANSLATE + """
        grpc.client:
          targets:
            ports.address: localhost:9090
            ships.deadline: 2s
          GLOBAL.user-agent: harbour
          ships:
            address: static://localhost:1
            default-request-timeout: 9s
          moles.address: static://localhost:2
        """).checkedKeys().all();

    assertThat(all.settings("ships").values().getDeadline()).isEqualTo(Duration.ofSeconds(2));
    assertThat(all.settings("ships").values().getUserAgent()).isEqualTo("harbour");
    assertThat(all.settings("moles").values().getSsl().getEnabled()).isTrue();
    assertThat(all.settings("ports").values().getUserAgent()).isNull();
    assertThat(all.settings("ports").values().getSsl().getEnabled()).isNull();
  }

  @Test
  void environmentVariablesAndPlaceholdersCount() {
    InheritedSettings all = new SettingsFixture()
        .yaml(TRANSLATE + """
            ports.host: localhost
            plain: PLAINTEXT
            grpc.client.local-ports:
              address: static://${ports.host}:9090
              negotiation-type: ${plain}
              default-request-timeout: ${missing:700}
            """)
        .variables(Map.of("GRPC_CLIENT_LOCALPORTS_USERAGENT", "by-variable"))
        .checkedKeys()
        .all();

    TargetSettings settings = all.settings("local-ports");
    assertThat(settings.name()).isEqualTo("local-ports");
    assertThat(settings.address()).isEqualTo("static://localhost:9090");
    assertThat(settings.values().getSsl().getEnabled()).isFalse();
    assertThat(settings.values().getDeadline()).isEqualTo(Duration.ofMillis(700));
    assertThat(settings.values().getUserAgent()).isEqualTo("by-variable");
  }

  @Test
  void newConfigurationHasItsBundlesAndNoSecrets() {
    SettingsFixture fixture = new SettingsFixture().yaml(TRANSLATE + """
            grpc.client:
              GLOBAL.security:
                client-auth-enabled: true
                key-store: tls/client.p12
                key-store-password: hunter2
                ciphers: TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384
              ports.address: static://localhost:9090
              ships:
                address: dns:///ships:9090
                security:
                  clientAuthEnabled: false
                  trustStore: file:/etc/tls/trust.jks
                  trustStoreFormat: JKS
                  trustStorePassword: ${TRUST}
            """);

    assertThat(fixture.netDevh().lines()).isEqualTo("""
                grpc:
                  client:
                    defaults:
                      load-balancing-policy: round_robin
                    interceptors:
                      global: annotated
                    targets:
                      ports:
                        address: static://localhost:9090
                        ssl:
                          bundle: grpc-global
                      ships:
                        address: dns:///ships:9090
                        ssl:
                          bundle: grpc-ships
                spring:
                  ssl:
                    bundle:
                      jks:
                        grpc-global:
                          keystore:
                            location: classpath:tls/client.p12
                            password: <the value of grpc.client.global.security.key-store-password>
                          options:
                            ciphers: TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384
                        grpc-ships:
                          truststore:
                            location: file:/etc/tls/trust.jks
                            password: ${TRUST}
                            type: JKS
                          options:
                            ciphers: TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384

            Left out:

                grpc.client.global.security.key-store: It has no effect without \
            client-auth-enabled: true.
            """);
  }

  @Test
  void oldKeyInAnErrorHasItsNameAndLine() {
    FailureAnalysis analysis = StartFailure.of(this.runner, TRANSLATE + """
        grpc.client.greeter:
          address: static://localhost:99999
          negotiation-type: plaintext
        """);

    assertThat(analysis.getDescription())
        .contains("grpc.client.targets.greeter.address")
        .contains("grpc.client.greeter.address, application.yml - 3:12");
  }

  @Test
  void keyThatCannotBeTranslatedIsReportedOnce(CapturedOutput output) {
    FailureAnalysis analysis = StartFailure.of(this.runner, TRANSLATE + """
        grpc.client.greeter:
          address: static://localhost:9090
          negotiation-type: PLAINTEXT_UPGRADE
        """);

    assertThat(analysis.getAction()).startsWith("Write instead:");
    assertThat(output).doesNotContain("Write instead:");
  }

  @ParameterizedTest
  @ValueSource(strings = {"fail", "translate"})
  void upgradeFromPlaintextIsRefused(String mode) {
    FailureAnalysis analysis = StartFailure.of(this.runner, """
        grpc.client:
          migration: %s
          greeter:
            address: static://localhost:9090
            negotiationType: PLAINTEXT_UPGRADE
        """.formatted(mode));

    assertThat(analysis.getDescription())
        .contains("Property: grpc.client.greeter.negotiationtype", "application.yml - 5:22")
        .contains("accept HTTP/2 at once: write PLAINTEXT.");
    assertThat(analysis.getAction())
        .contains("These lines lack the keys that cannot be translated.")
        .doesNotContain("Known keys");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "negotiation-type: SSL                              | It must be TLS or PLAINTEXT.",
        "security.client-auth-enabled: true                 | It needs a private-key or",
        "security: {client-auth-enabled: true, private-key: k} | It needs a certificate-chain",
        "security: {trust-store: t, client-auth-enabled: true, private-key: k, "
            + "certificate-chain: c} | An SSL bundle has PEM files or stores, not both.",
        "negotation-type: TLS                               | Did you mean 'negotiation-type'?",
      })
  void oldKeyWithoutAnEquivalentFailsTheStart(String line, String reason) {
    FailureAnalysis analysis = StartFailure.of(
        this.runner,
        TRANSLATE + "grpc.client.greeter.address: static://localhost:1\n" + "grpc.client.greeter."
            + line);

    assertThat(analysis.getDescription()).contains("application.yml - 3:", reason);
  }

  @Test
  void ignoredKeysAreLeftAlone() {
    this.runner
        .withInitializer(context -> StartFailure.load(context, """
            grpc.client:
              migration: ignore
              targets.ports.address: localhost:9090
              ships.negotiation-type: plaintext-upgrade
            """))
        .run(context -> assertThat(context).hasNotFailed().hasSingleBean(ClientConn.class));
  }

  @Test
  void unknownModeNamesItsProperty() {
    FailureAnalysis analysis = StartFailure.of(this.runner, "grpc.client.migration: sometimes");

    assertThat(analysis.getDescription()).contains("grpc.client.migration", "sometimes");
    assertThat(analysis.getAction()).contains("FAIL", "IGNORE", "TRANSLATE");
  }

  @Test
  void changedEnvironmentIsTranslatedAgain() {
    SettingsFixture fixture = new SettingsFixture().yaml(TRANSLATE + """
        grpc.client.greeter.address: static://localhost:1
        grpc.client.greeter.user-agent: old
        """).checkedKeys();
    fixture.variables(Map.of("GRPC_CLIENT_GREETER_USERAGENT", "new")).checkedKeys();

    assertThat(fixture.settings("greeter").values().getUserAgent()).isEqualTo("new");
    assertThat(fixture.targets().names()).isEqualTo(List.of("greeter"));
  }

  private static InheritedSettings translated(String clients) {
    return new SettingsFixture()
        .yaml(TRANSLATE + "grpc.client:\n" + clients.indent(2))
        .checkedKeys()
        .all();
  }
}
