// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.beans.BeanWrapper;
import org.springframework.beans.BeanWrapperImpl;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.unit.DataSize;

class GrpcClientTargetsTest {

  private final StandardEnvironment environment = new StandardEnvironment();

  @Test
  void targetInheritsEachLeafItDoesNotSet() throws IOException {
    yaml("""
        grpc:
          client:
            defaults:
              deadline: 5s
              keepalive: { time: 5m, timeout: 7s }
              inbound.message.max-size: 1MB
            targets:
              greeter:
                address: localhost:9090
                keepalive.timeout: 3s
              prices:
                address: localhost:9091
                deadline: 100ms
        """);

    GrpcClientSettings greeter = settings("greeter").values();
    GrpcClientSettings prices = settings("prices").values();

    assertThat(greeter.getDeadline()).isEqualTo(Duration.ofSeconds(5));
    assertThat(greeter.getKeepalive().getTime()).isEqualTo(Duration.ofMinutes(5));
    assertThat(greeter.getKeepalive().getTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(greeter.getInbound().getMessage().getMaxSize()).isEqualTo(DataSize.ofMegabytes(1));
    assertThat(prices.getDeadline()).isEqualTo(Duration.ofMillis(100));
    assertThat(prices.getKeepalive().getTimeout()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void everyLeafOfTheDefaultsIsInherited() throws IOException {
    yaml("""
        grpc.client.defaults:
          ssl: { enabled: true, bundle: mine }
          deadline: 1s
          connect.timeout: 2s
          idle.timeout: 3m
          keepalive: { time: 4m, timeout: 5s, without-calls: true }
          inbound.message.max-size: 6MB
          inbound.metadata.max-size: 7KB
          load-balancing-policy: round_robin
          user-agent: greetings/1
          wait-for-ready: true
          flow-control: { stream-window: 128KB, connection-window: 256KB, grow: false }
          streams: { max-pending: 10, pending-timeout: 3s }
          retry: { enabled: false, max-attempts: 3, initial-backoff: 20ms, max-backoff: 2s }
          retry.multiplier: 1.5
          retry.codes: [ABORTED]
          retry.buffer: { per-call: 3KB, total: 4KB }
          retry.methods: [{ names: demo.Clock, max-attempts: 4 }]
          hedging: { max-attempts: 2, delay: 10ms, non-fatal-codes: [INTERNAL] }
          hedging.methods: [{ names: [demo.Mailer], delay: 1ms }]
          throttling: { max-tokens: 10, token-ratio: 0.5 }
          service-config.loadBalancingPolicy: round_robin
          service-config-lookup: false
          connections: { max: 4, idle-timeout: 2m, max-age: 1h, max-age-grace: 1m }
          dns: { refresh-interval: 40s, min-refresh-interval: 30s }
          shutdown.grace-period: -1s
        grpc.client.targets.greeter.address: localhost:1
        """);
    GrpcClientSettings defaults = Binder.get(this.environment)
        .bind("grpc.client.defaults", GrpcClientSettings.class)
        .get();

    BeanWrapper inherited = new BeanWrapperImpl(settings("greeter").values());

    BeanWrapper written = new BeanWrapperImpl(defaults);
    assertThat(SettingKeys.OF_A_TARGET.all())
        .filteredOn(key -> !List.of("address", "authority").contains(key))
        .hasSize(42)
        .allSatisfy(key -> {
          String property = propertyOf(key);
          assertThat(written.getPropertyValue(property)).isNotNull();
          assertThat(inherited.getPropertyValue(property))
              .usingRecursiveComparison()
              .isEqualTo(written.getPropertyValue(property));
        });
  }

  @Test
  void leafThatNothingSetsIsLeftToTheBuilder() {
    properties("grpc.client.targets.greeter.address", "localhost:1");

    BeanWrapper values = new BeanWrapperImpl(settings("greeter").values());

    assertThat(SettingKeys.OF_A_TARGET.all())
        .filteredOn(key -> !key.equals("address"))
        .allSatisfy(key -> assertThat(values.getPropertyValue(propertyOf(key))).isNull());
  }

  @Test
  void everyKeyBinds() throws IOException {
    yaml("""
        grpc.client.targets.greeter:
          address: dns:///greeter.example:9090
          authority: greeter.internal
          ssl: { enabled: true, bundle: mine }
          deadline: 1s
          connect.timeout: 2s
          idle.timeout: 3m
          keepalive: { time: 4m, timeout: 5s, without-calls: true }
          inbound.message.max-size: 6MB
          inbound.metadata.max-size: 7KB
          load-balancing-policy: round_robin
          user-agent: greetings/1
          wait-for-ready: true
          flow-control: { stream-window: 128KB, connection-window: 256KB, grow: false }
          streams: { max-pending: 10, pending-timeout: 3s }
          retry: { enabled: false, max-attempts: 3, initial-backoff: 20ms, max-backoff: 2s }
          retry.multiplier: 1.5
          retry.codes: [ABORTED]
          retry.buffer: { per-call: 3KB, total: 4KB }
          retry.methods: [{ names: demo.Clock, max-attempts: 4 }]
          hedging: { max-attempts: 2, delay: 10ms, non-fatal-codes: [INTERNAL] }
          hedging.methods: [{ names: [demo.Mailer], delay: 1ms }]
          throttling: { max-tokens: 10, token-ratio: 0.5 }
          service-config.loadBalancingPolicy: round_robin
          service-config-lookup: false
          connections: { max: 4, idle-timeout: 2m, max-age: 1h, max-age-grace: 1m }
          dns: { refresh-interval: 40s, min-refresh-interval: 30s }
          shutdown.grace-period: -1s
        """);

    GrpcClientProperties.Target values = settings("greeter").values();

    assertThat(values.getAddress()).isEqualTo("dns:///greeter.example:9090");
    assertThat(values.getAuthority()).isEqualTo("greeter.internal");
    assertThat(values.getSsl().getEnabled()).isTrue();
    assertThat(values.getSsl().getBundle()).isEqualTo("mine");
    assertThat(values.getDeadline()).isEqualTo(Duration.ofSeconds(1));
    assertThat(values.getConnect().getTimeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(values.getIdle().getTimeout()).isEqualTo(Duration.ofMinutes(3));
    assertThat(values.getKeepalive().getTime()).isEqualTo(Duration.ofMinutes(4));
    assertThat(values.getKeepalive().getTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(values.getKeepalive().getWithoutCalls()).isTrue();
    assertThat(values.getInbound().getMessage().getMaxSize()).isEqualTo(DataSize.ofMegabytes(6));
    assertThat(values.getInbound().getMetadata().getMaxSize()).isEqualTo(DataSize.ofKilobytes(7));
    assertThat(values.getLoadBalancingPolicy()).isEqualTo("round_robin");
    assertThat(values.getUserAgent()).isEqualTo("greetings/1");
    assertThat(values.getWaitForReady()).isTrue();
    assertThat(values.getFlowControl().getStreamWindow()).isEqualTo(DataSize.ofKilobytes(128));
    assertThat(values.getFlowControl().getConnectionWindow()).isEqualTo(DataSize.ofKilobytes(256));
    assertThat(values.getFlowControl().getGrow()).isFalse();
    assertThat(values.getStreams().getMaxPending()).isEqualTo(10);
    assertThat(values.getShutdown().getGracePeriod()).isEqualTo(Duration.ofSeconds(-1));
    assertPolicies(values);
    assertThat(values.getStreams().getPendingTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(values.getConnections().getMax()).isEqualTo(4);
    assertThat(values.getConnections().getIdleTimeout()).isEqualTo(Duration.ofMinutes(2));
    assertThat(values.getConnections().getMaxAge()).isEqualTo(Duration.ofHours(1));
    assertThat(values.getConnections().getMaxAgeGrace()).isEqualTo(Duration.ofMinutes(1));
    assertThat(values.getDns().getRefreshInterval()).isEqualTo(Duration.ofSeconds(40));
    assertThat(values.getDns().getMinRefreshInterval()).isEqualTo(Duration.ofSeconds(30));
  }

  private static void assertPolicies(GrpcClientSettings values) {
    RetrySettings retry = values.getRetry();
    assertThat(retry.getEnabled()).isFalse();
    assertThat(retry.getMaxAttempts()).isEqualTo(3);
    assertThat(retry.getInitialBackoff()).isEqualTo(Duration.ofMillis(20));
    assertThat(retry.getMaxBackoff()).isEqualTo(Duration.ofSeconds(2));
    assertThat(retry.getMultiplier()).isEqualTo(1.5);
    assertThat(retry.getCodes()).containsExactly("ABORTED");
    assertThat(retry.getBuffer().getPerCall()).isEqualTo(DataSize.ofKilobytes(3));
    assertThat(retry.getBuffer().getTotal()).isEqualTo(DataSize.ofKilobytes(4));
    assertThat(retry.getMethods()).singleElement().satisfies(method -> {
      assertThat(method.getNames()).containsExactly("demo.Clock");
      assertThat(method.getMaxAttempts()).isEqualTo(4);
    });
    HedgingSettings hedging = values.getHedging();
    assertThat(hedging.getMaxAttempts()).isEqualTo(2);
    assertThat(hedging.getDelay()).isEqualTo(Duration.ofMillis(10));
    assertThat(hedging.getNonFatalCodes()).containsExactly("INTERNAL");
    assertThat(hedging.getMethods()).singleElement().satisfies(method -> {
      assertThat(method.getNames()).containsExactly("demo.Mailer");
      assertThat(method.getDelay()).isEqualTo(Duration.ofMillis(1));
    });
    assertThat(values.getThrottling().getMaxTokens()).isEqualTo(10);
    assertThat(values.getThrottling().getTokenRatio()).isEqualTo(0.5);
    assertThat(values.getServiceConfig()).isEqualTo(Map.of("loadBalancingPolicy", "round_robin"));
    assertThat(values.getServiceConfigLookup()).isFalse();
  }

  @Test
  void durationsWithoutAUnitAreSeconds() throws IOException {
    yaml("""
        grpc.client.targets.greeter:
          address: localhost:9090
          deadline: 5
          connect.timeout: 6
          idle.timeout: 7
          keepalive: { time: 18, timeout: 9 }
          shutdown.grace-period: -1
          retry: { max-attempts: 2, initial-backoff: 1, max-backoff: 2 }
          hedging.delay: 3
          connections: { max-age: 4, max-age-grace: 5, idle-timeout: 8 }
          streams.pending-timeout: 9
          dns: { refresh-interval: 6, min-refresh-interval: 7 }
        """);

    GrpcClientSettings values = settings("greeter").values();

    assertThat(values.getDeadline()).isEqualTo(Duration.ofSeconds(5));
    assertThat(values.getConnect().getTimeout()).isEqualTo(Duration.ofSeconds(6));
    assertThat(values.getIdle().getTimeout()).isEqualTo(Duration.ofSeconds(7));
    assertThat(values.getKeepalive().getTime()).isEqualTo(Duration.ofSeconds(18));
    assertThat(values.getKeepalive().getTimeout()).isEqualTo(Duration.ofSeconds(9));
    assertThat(values.getShutdown().getGracePeriod()).isEqualTo(Duration.ofSeconds(-1));
    assertThat(values.getRetry().getInitialBackoff()).isEqualTo(Duration.ofSeconds(1));
    assertThat(values.getRetry().getMaxBackoff()).isEqualTo(Duration.ofSeconds(2));
    assertThat(values.getHedging().getDelay()).isEqualTo(Duration.ofSeconds(3));
    assertThat(values.getConnections().getMaxAge()).isEqualTo(Duration.ofSeconds(4));
    assertThat(values.getConnections().getMaxAgeGrace()).isEqualTo(Duration.ofSeconds(5));
    assertThat(values.getDns().getRefreshInterval()).isEqualTo(Duration.ofSeconds(6));
    assertThat(values.getDns().getMinRefreshInterval()).isEqualTo(Duration.ofSeconds(7));
    assertThat(values.getConnections().getIdleTimeout()).isEqualTo(Duration.ofSeconds(8));
    assertThat(values.getStreams().getPendingTimeout()).isEqualTo(Duration.ofSeconds(9));
  }

  @Test
  void variableOverridesANameWithADash() throws IOException {
    yaml("grpc.client.targets.order-service: { address: 'localhost:1', deadline: 1s }");
    environmentVariables(Map.of("GRPC_CLIENT_TARGETS_ORDER_SERVICE_DEADLINE", "2s"));

    assertThat(targets().names()).containsExactly("order-service");
    assertThat(settings("order-service").values().getDeadline()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void environmentVariablesReachTargetsAndDefaults() throws IOException {
    yaml("""
        grpc.client.targets.orderService:
          address: localhost:9090
          deadline: 1s
        """);
    environmentVariables(Map.of(
        "GRPC_CLIENT_TARGETS_ORDERSERVICE_DEADLINE", "2s",
        "GRPC_CLIENT_TARGETS_ORDERSERVICE_KEEPALIVE_WITHOUTCALLS", "true",
        "GRPC_CLIENT_TARGETS_ONLYHERE_ADDRESS", "localhost:1",
        "GRPC_CLIENT_DEFAULTS_IDLE_TIMEOUT", "9m"));

    GrpcClientTargets targets = targets();

    assertThat(targets.names()).containsExactlyInAnyOrder("orderService", "onlyhere");
    GrpcClientSettings values = settings("orderService").values();
    assertThat(values.getDeadline()).isEqualTo(Duration.ofSeconds(2));
    assertThat(values.getKeepalive().getWithoutCalls()).isTrue();
    assertThat(values.getIdle().getTimeout()).isEqualTo(Duration.ofMinutes(9));
  }

  @Test
  void namesAreFoundInAnyCaseAndWithAnyDashes() {
    properties("grpc.client.targets.order-service.address", "localhost:1");

    assertThat(targets().find("orderService")).contains("order-service");
    assertThat(targets().find("ORDERSERVICE")).contains("order-service");
    assertThat(settings("orderService").name()).isEqualTo("order-service");
    assertThat(targets().find("orders")).isEmpty();
  }

  @Test
  void overrideInAnotherSpellingDoesNotRenameTheTarget() {
    properties("grpc.client.targets.order-service.address", "localhost:1");
    this.environment
        .getPropertySources()
        .addFirst(new MapPropertySource(
            "higher", Map.of("grpc.client.targets.orderService.address", "localhost:2")));

    assertThat(targets().names()).containsExactly("order-service");
    assertThat(settings("order-service").address()).isEqualTo("localhost:2");
  }

  @Test
  void oneSourceMustNotSpellANameInTwoWays() {
    Map<String, Object> both = new LinkedHashMap<>();
    both.put("grpc.client.targets.order-service.address", "localhost:1");
    both.put("grpc.client.targets.orderService.address", "localhost:2");
    this.environment.getPropertySources().addFirst(new MapPropertySource("mine", both));

    assertThatExceptionOfType(DuplicateTargetNameException.class)
        .isThrownBy(this::targets)
        .withMessageContaining("'order-service' and 'orderService'")
        .withMessageContaining("mine");
  }

  @Test
  void addressInPlaceOfANameGetsTheDefaults() {
    properties("grpc.client.defaults.deadline", "5s");

    TargetSettings settings = settings("dns:///greeter.example:9090");

    assertThat(settings.address()).isEqualTo("dns:///greeter.example:9090");
    assertThat(settings.values().getDeadline()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void bareWordThatIsNoTargetIsUnknown() {
    properties("grpc.client.targets.greeter.address", "localhost:1");

    assertThat(targets().isUsable("greter")).isFalse();
    assertThatExceptionOfType(UnknownGrpcTargetException.class)
        .isThrownBy(() -> settings("greter"));
  }

  @Test
  void wrongValueNamesItsKey() {
    properties(
        "grpc.client.targets.greeter.address", "localhost:1",
        "grpc.client.targets.greeter.deadline", "soon");

    assertThatExceptionOfType(BindException.class)
        .isThrownBy(() -> settings("greeter"))
        .withMessageContaining("grpc.client.targets.greeter.deadline");
  }

  @Test
  void refusedValueNamesTheLayerItCameFrom() {
    properties(
        "grpc.client.targets.greeter.address", "localhost:1",
        "grpc.client.targets.greeter.idle.timeout", "1s");
    TargetSettings settings = settings("greeter");

    assertThat(settings.invalid("idle.timeout", 0, "no").getName())
        .isEqualTo("grpc.client.targets.greeter.idle.timeout");
    assertThat(settings.invalid("deadline", 0, "no").getName())
        .isEqualTo("grpc.client.defaults.deadline");
  }

  @Test
  void addressIsNoDefault() {
    properties(
        "grpc.client.defaults.address", "localhost:1",
        "grpc.client.targets.greeter.deadline", "1s");

    assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
        .isThrownBy(() -> settings("greeter"))
        .satisfies(e -> assertThat(e.getName()).isEqualTo("grpc.client.defaults.address"));
  }

  @Test
  void targetHasTheValuesOfEachSpellingOfItsName() {
    properties("grpc.client.targets.my-service.address", "localhost:1");
    environmentVariables(Map.of(
        "GRPC_CLIENT_TARGETS_MY_SERVICE_ADDRESS", "localhost:2",
        "GRPC_CLIENT_TARGETS_MYSERVICE_DEADLINE", "4"));

    GrpcClientProperties.Target values = settings("my-service").values();

    assertThat(values.getAddress()).isEqualTo("localhost:2");
    assertThat(values.getDeadline()).isEqualTo(Duration.ofSeconds(4));
  }

  @Test
  void namesInBracketsThatDifferInCaseShareTheirValues() {
    properties("grpc.client.targets[Order.Service].deadline", "1s");
    properties(
        "grpc.client.targets[order.service].address", "far.example:443",
        "grpc.client.targets[order.service].ssl.bundle", "mine");

    GrpcClientProperties.Target values = settings("order.service").values();

    assertThat(values.getAddress()).isEqualTo("far.example:443");
    assertThat(values.getSsl().getBundle()).isEqualTo("mine");
    assertThat(values.getDeadline()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void bundleOfATargetOutweighsAnInheritedNo() {
    properties(
        "grpc.client.defaults.ssl.enabled", "false",
        "grpc.client.targets.greeter.address", "greeter.example:1",
        "grpc.client.targets.greeter.ssl.bundle", "mine",
        "grpc.client.targets.plain.address", "plain.example:1",
        "grpc.client.targets.plain.ssl.enabled", "false");

    assertThat(TransportSecurity.decide(settings("greeter"))).isEqualTo(TransportSecurity.TLS);
    assertThat(TransportSecurity.decide(settings("plain"))).isEqualTo(TransportSecurity.PLAINTEXT);
  }

  /** Returns the path of a key such as {@code keepalive.without-calls} in the properties class. */
  private static String propertyOf(String key) {
    return Pattern.compile("-(.)")
        .matcher(key)
        .replaceAll(dash -> dash.group(1).toUpperCase(Locale.ROOT));
  }

  private GrpcClientTargets targets() {
    return GrpcClientTargets.of(this.environment);
  }

  private TargetSettings settings(String name) {
    GrpcClientProperties properties =
        Binder.get(this.environment).bindOrCreate("grpc.client", GrpcClientProperties.class);
    return new InheritedSettings(properties, targets()).settings(name);
  }

  private void yaml(String yaml) throws IOException {
    new YamlPropertySourceLoader()
        .load("yaml", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
        .forEach(this.environment.getPropertySources()::addLast);
  }

  private void properties(String... pairs) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    this.environment.getPropertySources().addLast(new MapPropertySource(pairs[0], map));
  }

  private void environmentVariables(Map<String, Object> variables) {
    String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
    this.environment
        .getPropertySources()
        .replace(name, new SystemEnvironmentPropertySource(name, variables));
  }
}
