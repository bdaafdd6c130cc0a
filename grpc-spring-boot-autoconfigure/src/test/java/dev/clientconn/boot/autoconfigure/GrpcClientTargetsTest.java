// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.clientconn.boot.autoconfigure.settings.GrpcClientSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.BindException;
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

  private GrpcClientTargets targets() {
    return GrpcClientTargets.of(this.environment);
  }

  private TargetSettings settings(String name) {
    return SettingsFixture.all(this.environment).settings(name);
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
