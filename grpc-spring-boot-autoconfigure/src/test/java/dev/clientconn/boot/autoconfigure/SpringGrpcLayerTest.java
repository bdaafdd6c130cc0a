// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.clientconn.boot.autoconfigure.settings.SslSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class SpringGrpcLayerTest {

  private final SettingsFixture fixture = new SettingsFixture();

  @Test
  void channelsOfBootAreTargets() {
    TargetSettings orders = read("""
        spring.grpc.client.channel:
          orders:
            target: static://orders.example:9090
            user-agent: shop/2
            inbound.message.max-size: 1MB
            inbound.metadata.max-size: -1
            default:
              deadline: 5
              load-balancing-policy: pick_first
            idle.timeout: 1m
            keepalive:
              time: 2m
              timeout: 7
              without-calls: true
            ssl.bundle: shop
        """).settings("orders");

    GrpcClientProperties.Target values = orders.values();
    assertThat(orders.address()).isEqualTo("static://orders.example:9090");
    assertThat(values.getUserAgent()).isEqualTo("shop/2");
    assertThat(values.getInbound().getMessage().getMaxSize()).hasToString("1048576B");
    assertThat(values.getInbound().getMetadata().getMaxSize()).hasToString("2147483647B");
    assertThat(values.getDeadline()).isEqualTo(Duration.ofSeconds(5));
    assertThat(values.getLoadBalancingPolicy()).isEqualTo("pick_first");
    assertThat(values.getIdle().getTimeout()).isEqualTo(Duration.ofMinutes(1));
    assertThat(values.getKeepalive().getTime()).isEqualTo(Duration.ofMinutes(2));
    assertThat(values.getKeepalive().getTimeout()).isEqualTo(Duration.ofSeconds(7));
    assertThat(values.getKeepalive().getWithoutCalls()).isTrue();
    assertThat(values.getSsl().getBundle()).isEqualTo("shop");
    assertThat(values.getSsl().getEnabled()).isNull();
  }

  @Test
  void whatAChannelDoesNotSetHasTheValueOfBoot() {
    TargetSettings orders = read("""
        spring.grpc.client.channel.orders.user-agent: shop
        """).settings("orders");

    assertThat(orders.address()).isEqualTo("static://localhost:9090");
    assertThat(orders.values().getLoadBalancingPolicy()).isEqualTo("round_robin");
    assertThat(orders.values().getIdle().getTimeout()).isEqualTo(Duration.ofSeconds(20));
    assertThat(orders.values().getKeepalive().getTime()).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void channelIsPlaintextLikeInBoot() {
    TargetSettings orders = read("""
        spring.grpc.client.channel.orders.target: orders.example:9090
        """).settings("orders");

    assertThat(TransportSecurity.decide(orders)).isEqualTo(TransportSecurity.PLAINTEXT);
  }

  @Test
  void securityOfOwnTargetsIsStillNotGuessed() {
    SettingsFixture settings = read("""
        spring.grpc.client.channel.default.target: orders.example:9090
        grpc.client.targets.billing.address: billing.example:9090
        """);

    assertThat(TransportSecurity.decide(settings.settings("default")))
        .isEqualTo(TransportSecurity.PLAINTEXT);
    assertThatExceptionOfType(UndecidedTransportSecurityException.class)
        .isThrownBy(() -> TransportSecurity.decide(settings.settings("billing")));
  }

  @Test
  void securityOfTheChannelDefaultIsNotThatOfOtherChannels() {
    SettingsFixture settings = read("""
        spring.grpc.client.channel:
          default:
            target: gateway.example:443
            ssl.enabled: true
          orders.target: orders.example:9090
        """);

    assertThat(TransportSecurity.decide(settings.settings("default")))
        .isEqualTo(TransportSecurity.TLS);
    assertThat(TransportSecurity.decide(settings.settings("orders")))
        .isEqualTo(TransportSecurity.PLAINTEXT);
  }

  @Test
  void securityOfTheDefaultsAppliesToChannelsThatSetNone() {
    TargetSettings orders = read("""
        grpc.client.defaults.ssl.enabled: true
        spring.grpc.client.channel.orders.target: orders.example:9090
        """).settings("orders");

    assertThat(TransportSecurity.decide(orders)).isEqualTo(TransportSecurity.TLS);
  }

  @Test
  void securityOfATargetReplacesThatOfItsChannel() {
    TargetSettings orders = read("""
        grpc.client.targets.orders.ssl.bundle: shop
        spring.grpc.client.channel.orders:
          target: orders.example:9090
          ssl.enabled: false
        """).settings("orders");

    assertThat(TransportSecurity.decide(orders)).isEqualTo(TransportSecurity.TLS);
  }

  @Test
  void channelWithABundleAndWithoutSslIsPlaintext() {
    TargetSettings orders = read("""
        spring.grpc.client.channel.orders:
          target: orders.example:9090
          ssl:
            enabled: false
            bundle: shop
        """).settings("orders");

    assertThat(TransportSecurity.decide(orders)).isEqualTo(TransportSecurity.PLAINTEXT);
  }

  @Test
  void channelDefaultIsInheritedExceptForItsAddress() {
    SettingsFixture settings = read("""
        spring.grpc.client.channel:
          default:
            target: localhost:1
            idle.timeout: 90s
            default.deadline: 3s
          orders:
            target: localhost:2
            default.deadline: 4s
        grpc.client.targets.billing.address: localhost:3
        """);

    assertThat(settings.settings("default").address()).isEqualTo("localhost:1");
    assertThat(settings.settings("orders").address()).isEqualTo("localhost:2");
    assertThat(deadline(settings, "orders")).hasSeconds(4);
    assertThat(deadline(settings, "billing")).hasSeconds(3);
    assertThat(settings.settings("orders").values().getIdle().getTimeout()).hasSeconds(90);
  }

  @Test
  void targetOverridesItsChannelKeyByKey() {
    SettingsFixture settings = read("""
        grpc.client:
          defaults.idle.timeout: 10m
          targets.order-service.deadline: 1s
        spring.grpc.client.channel.orderService:
          target: localhost:2
          default.deadline: 4s
          user-agent: shop
        """);

    TargetSettings orders = settings.settings("orderservice");
    assertThat(settings.targets().names()).hasSize(1);
    assertThat(orders.address()).isEqualTo("localhost:2");
    assertThat(orders.values().getDeadline()).hasSeconds(1);
    assertThat(orders.values().getUserAgent()).isEqualTo("shop");
    assertThat(orders.values().getIdle().getTimeout()).hasMinutes(10);
  }

  @Test
  void environmentVariablesReachChannels() {
    this.fixture.variables(Map.of("SPRING_GRPC_CLIENT_CHANNEL_ORDERS_TARGET", "localhost:7"));
    SettingsFixture settings = read("""
        spring.grpc.client.channel.orders.target: localhost:2
        """);

    assertThat(settings.settings("orders").address()).isEqualTo("localhost:7");
  }

  @Test
  void placeholdersAreKept() {
    SettingsFixture settings = read("""
        port: 77
        time: 3s
        spring.grpc.client.channel.orders:
          target: localhost:${port}
          keepalive.time: ${time}
        """);

    assertThat(settings.settings("orders").address()).isEqualTo("localhost:77");
    assertThat(settings.settings("orders").values().getKeepalive().getTime())
        .as("raised, as grpc-java does")
        .hasSeconds(10);
  }

  @Test
  void propertyOfBootIsTheOriginOfASetting() {
    TargetSettings orders = read("""
        spring.grpc.client.channel.orders:
          target: localhost:1
          idle.timeout: 0
        """).settings("orders");

    ConfigurationProperty idle = orders.property("idle.timeout");
    assertThat(idle).isNotNull();
    assertThat(String.valueOf(idle.getOrigin()))
        .startsWith("spring.grpc.client.channel.orders.idle.timeout in ")
        .endsWith("3:17");
  }

  @Test
  void tcpAddressesLoseTheirScheme() {
    assertThat(read("spring.grpc.client.channel.orders.target: tcp://localhost:2")
            .settings("orders")
            .address())
        .isEqualTo("localhost:2");
  }

  @Test
  void channelsInTheProcessAreNoTargets() {
    SettingsFixture settings = read("""
        spring.grpc.client.channel:
          orders.target: in-process:orders
          default.target: in-process:default
        """);

    assertThat(settings.targets().names()).doesNotContain("orders", "default");
  }

  @Test
  void deadlineOfZeroIsNone() {
    assertThat(deadline(read("spring.grpc.client.channel.orders.default.deadline: 0s"), "orders"))
        .isNull();
  }

  @Test
  void serviceConfigHasItsJsonForm() {
    Map<String, Object> config = read("""
        spring.grpc.client.channel.orders.service-config:
          loadbalancing:
          - pickfirst.shuffle-address-list: true
          method:
          - name:
            - service: shop.Orders
              method: Place
            timeout: 50ms
            wait-for-ready: true
            max-request-message: 1KB
            retry:
              max-attempts: 3
              initial-backoff: 1500
              max-backoff: 2s
              backoff-multiplier: 2
              retryable-status-codes: [unavailable, aborted]
          - hedging:
              max-attempts: 2
              delay: 20ms
              non-fatal-status-codes: internal
          retrythrottling:
            max-tokens: 10
            token-ratio: 0.5
        """).settings("orders").values().getServiceConfig();

    assertThat(config)
        .containsEntry(
            "loadBalancingConfig",
            List.of(Map.of("pick_first", Map.of("shuffleAddressList", true))))
        .extractingByKey("methodConfig")
        .hasToString("[{name=[{service=shop.Orders, method=Place}], timeout=0.050000000s,"
            + " waitForReady=true, maxRequestMessageBytes=1024, retryPolicy={maxAttempts=3,"
            + " initialBackoff=1.500000000s, maxBackoff=2.000000000s, backoffMultiplier=2,"
            + " retryableStatusCodes=[UNAVAILABLE, ABORTED]}}, {hedgingPolicy={maxAttempts=2,"
            + " hedgingDelay=0.020000000s, nonFatalStatusCodes=[INTERNAL]}}]");
    assertThat(config)
        .extractingByKey("retryThrottling")
        .hasToString("{maxTokens=10, tokenRatio=0.5}");
  }

  @Test
  void listComesFromOnePropertySource() {
    SettingsFixture settings = this.fixture.yaml("""
        spring.grpc.client.channel.orders.service-config.method:
        - timeout: 1s
        """);
    read("""
        spring.grpc.client.channel.orders.service-config.method:
        - timeout: 2s
          wait-for-ready: true
        - timeout: 3s
        """);

    assertThat(settings.settings("orders").values().getServiceConfig())
        .hasToString("{methodConfig=[{timeout=1.000000000s}]}");
  }

  @Test
  void keysWithoutEffectGiveAMessage(CapturedOutput output) {
    SettingsFixture settings = read("""
        spring.grpc.client.channel.orders:
          service-config.method:
          - retry.per-attempt-receive-timeout: 1s
        """);
    settings.checkKeys();

    assertThat(output.getOut() + output.getErr()).containsOnlyOnce("per-attempt-receive-timeout");
  }

  @Test
  void healthChecksOfServersAreReadInBothForms() {
    SettingsFixture settings = read("""
        spring.grpc.client.channel:
          orders.health:
            enabled: true
            service-name: shop.Orders
          stock.health.enabled: true
          returns.health:
            enabled: false
            service-name: shop.Returns
          carts.service-config.healthcheck.service-name: shop.Carts
        """);

    assertThat(settings.settings("orders").values().getServiceConfig())
        .hasToString("{healthCheckConfig={serviceName=shop.Orders}}");
    assertThat(settings.settings("stock").values().getServiceConfig())
        .hasToString("{healthCheckConfig={serviceName=}}");
    assertThat(settings.settings("returns").values().getServiceConfig()).isNullOrEmpty();
    assertThat(settings.settings("carts").values().getServiceConfig())
        .hasToString("{healthCheckConfig={serviceName=shop.Carts}}");
  }

  @Test
  void unknownKeysOfAChannelGiveAMessage(CapturedOutput output) {
    read("""
        spring.grpc.client.channel.orders:
          deadline: 5s
          service-config.method:
          - retries.max-attempts: 3
        """);

    assertThat(output.getOut() + output.getErr())
        .contains("spring.grpc.client.channel.orders.deadline (")
        .contains("retries.max-attempts (")
        .contains("has no effect: there is no such key");
  }

  @Test
  void verificationIsNotBypassedWithoutTls(CapturedOutput output) {
    TargetSettings orders = read("""
        spring.grpc.client.channel.orders:
          target: localhost:1
          bypass-certificate-validation: true
        """).settings("orders");

    assertThat(orders.values().getSsl().getVerify()).isNull();
    assertThat(output.getOut() + output.getErr())
        .contains("bypass-certificate-validation")
        .contains("the channel has no TLS by ssl.enabled or ssl.bundle of its own");
  }

  @Test
  void certificatesOfTheChannelDefaultAreNotThoseOfOthers() {
    SettingsFixture settings = read("""
        spring.grpc.client.channel:
          default:
            target: localhost:1
            bypass-certificate-validation: true
            ssl.bundle: gateway
          orders:
            target: orders.example:443
            ssl.enabled: true
        grpc.client.targets.billing:
          address: billing.example:443
          ssl.enabled: true
        """);

    SslSettings orders = settings.settings("orders").values().getSsl();
    assertThat(orders.getVerify()).isNull();
    assertThat(orders.getBundle()).isEmpty();
    assertThat(settings.settings("billing").values().getSsl().getVerify()).isNull();
    assertThat(settings.settings("default").values().getSsl().getVerify())
        .isEqualTo(SslSettings.Verify.NONE);
  }

  @Test
  void switchThatIsNeitherOnNorOffNamesItsProperty() {
    assertThatExceptionOfType(BindException.class)
        .isThrownBy(() -> read("grpc.client.spring-grpc.enabled: nope"))
        .withMessageContaining("grpc.client.spring-grpc.enabled");
  }

  @Test
  void switchLeavesBootsClientAlone() {
    assertThat(read("""
        grpc.client.spring-grpc.enabled: false
        spring.grpc.client.channel.orders.target: localhost:1
        """).targets().names()).isEmpty();
  }

  @Test
  void channelsAreNotReadIfBootsClientIsOff() {
    assertThat(read("""
        spring.grpc.client.enabled: false
        spring.grpc.client.channel.orders.target: localhost:1
        """).targets().names()).isEmpty();
  }

  @Test
  void changedPropertiesReplaceTheLayer() {
    SettingsFixture settings = read("spring.grpc.client.channel.orders.target: localhost:1");
    settings.variables(Map.of("SPRING_GRPC_CLIENT_CHANNEL_ORDERS_TARGET", "localhost:2"));
    settings.checkKeys();

    assertThat(settings.settings("orders").address()).isEqualTo("localhost:2");
  }

  private SettingsFixture read(String yaml) {
    this.fixture.yaml(yaml).checkKeys();
    return this.fixture;
  }

  private static @Nullable Duration deadline(SettingsFixture settings, String target) {
    return settings.settings(target).values().getDeadline();
  }
}
