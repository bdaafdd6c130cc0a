// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ServiceConfigTreeTest {

  private final SettingsFixture fixture = new SettingsFixture();

  @Test
  void yamlHasTheJsonFormOfServiceConfigs() {
    this.fixture.yaml("""
        grpc.client.targets.greeter:
          address: localhost:1
          service-config:
            loadBalancingConfig:
              - round_robin: {}
            methodConfig:
              - name: [{}]
                waitForReady: true
                timeout: 1.5s
                retryPolicy:
                  maxAttempts: 3
                  backoffMultiplier: 1.6
                  retryableStatusCodes: [UNAVAILABLE, 10]
              - name:
                  - { service: demo.Greeter, method: SayHello }
                  - service: demo.Clock
        """);

    assertThat(config())
        .isEqualTo(Map.of(
            "loadBalancingConfig",
            List.of(Map.of("round_robin", Map.of())),
            "methodConfig",
            List.of(
                Map.of(
                    "name",
                    List.of(Map.of()),
                    "waitForReady",
                    true,
                    "timeout",
                    "1.5s",
                    "retryPolicy",
                    Map.of(
                        "maxAttempts",
                        3,
                        "backoffMultiplier",
                        1.6,
                        "retryableStatusCodes",
                        List.of("UNAVAILABLE", 10))),
                Map.of(
                    "name",
                    List.of(
                        Map.of("service", "demo.Greeter", "method", "SayHello"),
                        Map.of("service", "demo.Clock"))))));
  }

  @Test
  void propertiesFileHasIndexedKeysAndText() {
    String root = "grpc.client.targets.greeter.";
    this.fixture.properties(
        root + "address",
        "localhost:1",
        root + "service-config.loadBalancingConfig[0].pick_first.shuffleAddressList",
        "true",
        root + "service-config.methodConfig[0].name[0]",
        "",
        root + "service-config.methodConfig[0].waitForReady",
        "true",
        root + "service-config.methodConfig[0].hedgingPolicy.nonFatalStatusCodes",
        "UNAVAILABLE, ABORTED");

    assertThat(config())
        .isEqualTo(Map.of(
            "loadBalancingConfig",
            List.of(Map.of("pick_first", Map.of("shuffleAddressList", true))),
            "methodConfig",
            List.of(Map.of(
                "name",
                List.of(Map.of()),
                "waitForReady",
                true,
                "hedgingPolicy",
                Map.of("nonFatalStatusCodes", List.of("UNAVAILABLE", "ABORTED"))))));
  }

  @Test
  void environmentVariablesNeedNoUpperCaseInKeys() {
    this.fixture.variables(Map.of(
        "GRPC_CLIENT_TARGETS_GREETER_ADDRESS", "localhost:1",
        "GRPC_CLIENT_TARGETS_GREETER_SERVICECONFIG_LOADBALANCINGPOLICY", "round_robin",
        "GRPC_CLIENT_TARGETS_GREETER_SERVICECONFIG_METHODCONFIG_0_NAME_0_SERVICE", "demo.Clock",
        "GRPC_CLIENT_TARGETS_GREETER_SERVICECONFIG_METHODCONFIG_0_WAITFORREADY", "true"));

    assertThat(config())
        .isEqualTo(Map.of(
            "loadBalancingPolicy",
            "round_robin",
            "methodConfig",
            List.of(
                Map.of("name", List.of(Map.of("service", "demo.Clock")), "waitForReady", true))));
  }

  @Test
  void keysMayHaveDashes() {
    this.fixture.yaml("""
        grpc.client.targets.greeter:
          address: localhost:1
          service-config.retry-throttling: { max-tokens: 10, token-ratio: 0.1 }
        """);

    assertThat(config())
        .isEqualTo(Map.of("retryThrottling", Map.of("maxTokens", 10, "tokenRatio", 0.1)));
  }

  @Test
  void listIsTakenFromOneSource() {
    this.fixture.yaml("""
            grpc.client.targets.greeter.service-config:
              methodConfig:
                - name: [{ service: demo.Clock }]
                  timeout: 1s
            """).yaml("""
            grpc.client.targets.greeter:
              address: localhost:1
              service-config:
                healthCheckConfig.serviceName: greeter
                methodConfig:
                  - name: [{ service: demo.Greeter }, { service: demo.Mailer }]
                    waitForReady: true
                  - name: [{}]
            """);

    assertThat(config())
        .isEqualTo(Map.of(
            "healthCheckConfig",
            Map.of("serviceName", "greeter"),
            "methodConfig",
            List.of(Map.of("name", List.of(Map.of("service", "demo.Clock")), "timeout", "1s"))));
  }

  @Test
  void singleValueOverridesThatOfAnotherSource() {
    this.fixture
        .properties("grpc.client.targets.greeter.service-config.retryThrottling.maxTokens", "7")
        .yaml("""
            grpc.client.targets.greeter:
              address: localhost:1
              service-config.retryThrottling: { maxTokens: 10, tokenRatio: 0.1 }
            """);

    assertThat(config())
        .isEqualTo(Map.of("retryThrottling", Map.of("maxTokens", "7", "tokenRatio", 0.1)));
  }

  @Test
  void placeholdersAreResolved() {
    this.fixture.properties(
        "health.name",
        "greeter",
        "grpc.client.targets.greeter.address",
        "localhost:1",
        "grpc.client.targets.greeter.service-config.healthCheckConfig.serviceName",
        "${health.name}");

    assertThat(config()).isEqualTo(Map.of("healthCheckConfig", Map.of("serviceName", "greeter")));
  }

  @Test
  void configOfATargetReplacesThatOfTheDefaults() {
    this.fixture.yaml("""
        grpc.client:
          defaults.service-config.loadBalancingPolicy: round_robin
          targets:
            greeter:
              address: localhost:1
              service-config.healthCheckConfig.serviceName: greeter
            clock.address: localhost:2
        """);

    assertThat(config()).isEqualTo(Map.of("healthCheckConfig", Map.of("serviceName", "greeter")));
    assertThat(this.fixture.settings("clock").values().getServiceConfig())
        .isEqualTo(Map.of("loadBalancingPolicy", "round_robin"));
    assertThat(this.fixture.settings("localhost:3").values().getServiceConfig())
        .isEqualTo(Map.of("loadBalancingPolicy", "round_robin"));
  }

  @Test
  void unknownKeyIsRefused() {
    this.fixture.yaml("""
        grpc.client.targets.greeter:
          address: localhost:1
          service-config.methodConfig:
            - name: [{}]
              retryPolicies: { maxAttempts: 3 }
        """);

    assertThatExceptionOfType(UnknownServiceConfigKeyException.class)
        .isThrownBy(this::config)
        .withMessageContaining("retrypolicies.maxattempts")
        .withMessageContaining("There is no key 'retryPolicies' here. Did you mean 'retryPolicy'?");
  }

  private @Nullable Map<String, Object> config() {
    return this.fixture.settings("greeter").values().getServiceConfig();
  }
}
