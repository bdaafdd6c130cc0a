// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CallPoliciesTest {

  private final SettingsFixture fixture = new SettingsFixture();

  @Test
  void numberOfAttemptsAloneMakesAPolicy() {
    targets("greeter.retry.max-attempts: 3");

    assertThat(policies().methodConfig()).containsExactly(retry(Map.of(), 3));
    assertThat(policies().throttling()).isNull();
  }

  @Test
  void everyValueOfARetryPolicyIsTranslated() {
    targets("""
        greeter.retry:
            max-attempts: 4
            initial-backoff: 50ms
            max-backoff: 2500ms
            multiplier: 1.5
            codes: unavailable, resource-exhausted
        """);

    assertThat(policies().methodConfig())
        .containsExactly(Map.of(
            "name",
            List.of(Map.of()),
            "retryPolicy",
            Map.of(
                "maxAttempts",
                4,
                "initialBackoff",
                "0.050000000s",
                "maxBackoff",
                "2.500000000s",
                "backoffMultiplier",
                1.5,
                "retryableStatusCodes",
                List.of("UNAVAILABLE", "RESOURCE_EXHAUSTED"))));
  }

  @Test
  void methodsHaveTheirOwnPolicyAndInheritTheRest() {
    targets("""
        greeter.retry:
            max-attempts: 3
            codes: [UNAVAILABLE, ABORTED]
            methods:
              - names: demo.Greeter/SayHello, demo.Clock
                max-attempts: 5
              - names: [demo.Mailer]
                max-attempts: 1
        """);

    assertThat(policies().methodConfig())
        .containsExactly(
            retry(Map.of(), 3, "UNAVAILABLE", "ABORTED"),
            retry(
                Map.of("service", "demo.Greeter", "method", "SayHello"),
                5,
                "UNAVAILABLE",
                "ABORTED"),
            retry(Map.of("service", "demo.Clock"), 5, "UNAVAILABLE", "ABORTED"),
            Map.of("name", List.of(Map.of("service", "demo.Mailer"))));
    assertThat(policies().attempts("retryPolicy")).isEqualTo(5);
  }

  @Test
  void methodsAloneMakePoliciesForThemselvesOnly() {
    targets("""
        greeter.retry.methods:
            - { names: demo.Clock, max-attempts: 2 }
        """);

    assertThat(policies().methodConfig())
        .containsExactly(retry(Map.of("service", "demo.Clock"), 2));
  }

  @Test
  void hedgingPolicyIsTranslated() {
    targets("""
        greeter.hedging:
            max-attempts: 2
            delay: 250ms
            non-fatal-codes: UNAVAILABLE
            methods:
              - { names: demo.Clock, delay: 0 }
        """);

    assertThat(policies().methodConfig())
        .containsExactly(
            hedging(Map.of(), "0.250000000s"),
            hedging(Map.of("service", "demo.Clock"), "0.000000000s"));
  }

  @Test
  void someMethodsAreHedgedWhileTheOthersAreRetried() {
    targets("""
        greeter:
            retry.max-attempts: 3
            hedging.methods:
              - { names: demo.Clock, max-attempts: 2, delay: 250ms, non-fatal-codes: UNAVAILABLE }
        """);

    assertThat(policies().methodConfig())
        .containsExactly(
            retry(Map.of(), 3), hedging(Map.of("service", "demo.Clock"), "0.250000000s"));
  }

  @Test
  void throttlingIsTranslated() {
    targets("greeter.throttling: { max-tokens: 10, token-ratio: 0.25 }");

    assertThat(policies().throttling()).isEqualTo(Map.of("maxTokens", 10, "tokenRatio", 0.25));
  }

  @Test
  void valuesAreInheritedFromTheDefaultsOneByOne() {
    this.fixture.yaml("""
        grpc.client:
          defaults.retry: { max-attempts: 4, codes: [ABORTED] }
          targets:
            greeter: { address: "localhost:1", retry.max-attempts: 2 }
            clock: { address: "localhost:2" }
            mailer: { address: "localhost:3", retry.max-attempts: 1 }
        """);

    assertThat(policies().methodConfig()).containsExactly(retry(Map.of(), 2, "ABORTED"));
    assertThat(new CallPolicies(this.fixture.settings("clock")).methodConfig())
        .containsExactly(retry(Map.of(), 4, "ABORTED"));
    assertThat(new CallPolicies(this.fixture.settings("mailer")).leaf()).isNull();
  }

  @Test
  void listOfMethodsOfATargetReplacesThatOfTheDefaults() {
    this.fixture.yaml("""
        grpc.client:
          defaults.retry.methods:
            - { names: demo.Greeter, max-attempts: 3 }
            - { names: demo.Mailer, max-attempts: 3 }
          targets.greeter:
            address: localhost:1
            retry.methods:
              - { names: demo.Clock, max-attempts: 2 }
        """);

    assertThat(policies().methodConfig())
        .containsExactly(retry(Map.of("service", "demo.Clock"), 2));
  }

  @Test
  void inheritedMethodsDoNotKeepValuesOfAnotherTarget() {
    this.fixture.yaml("""
        grpc.client:
          defaults.retry.methods:
            - { names: demo.Clock, max-attempts: 2 }
          targets:
            clock: { address: "localhost:2", retry.codes: [ABORTED] }
            greeter: { address: "localhost:1" }
        """);

    InheritedSettings all = this.fixture.all();

    assertThat(new CallPolicies(all.settings("clock")).methodConfig())
        .containsExactly(retry(Map.of("service", "demo.Clock"), 2, "ABORTED"));
    assertThat(new CallPolicies(all.settings("greeter")).methodConfig())
        .containsExactly(retry(Map.of("service", "demo.Clock"), 2));
  }

  @Test
  void environmentVariablesReachEveryValue() {
    this.fixture.variables(Map.of(
        "GRPC_CLIENT_TARGETS_GREETER_ADDRESS", "localhost:1",
        "GRPC_CLIENT_TARGETS_GREETER_RETRY_MAX_ATTEMPTS", "3",
        "GRPC_CLIENT_TARGETS_GREETER_RETRY_CODES", "UNAVAILABLE,ABORTED",
        "GRPC_CLIENT_TARGETS_GREETER_RETRY_METHODS_0_NAMES", "demo.Clock",
        "GRPC_CLIENT_TARGETS_GREETER_RETRY_METHODS_0_MAXATTEMPTS", "2",
        "GRPC_CLIENT_TARGETS_GREETER_RETRY_METHODS_0_CODES_0", "INTERNAL"));

    assertThat(policies().methodConfig())
        .containsExactly(
            retry(Map.of(), 3, "UNAVAILABLE", "ABORTED"),
            retry(Map.of("service", "demo.Clock"), 2, "INTERNAL"));
  }

  private void targets(String yaml) {
    this.fixture
        .properties("grpc.client.targets.greeter.address", "localhost:1")
        .yaml("grpc.client.targets:\n  " + yaml);
  }

  private CallPolicies policies() {
    return new CallPolicies(this.fixture.settings("greeter"));
  }

  private static Map<String, Object> retry(Map<String, Object> name, int attempts) {
    return retry(name, attempts, "UNAVAILABLE");
  }

  private static Map<String, Object> retry(
      Map<String, Object> name, int attempts, String... codes) {
    return Map.of(
        "name",
        List.of(name),
        "retryPolicy",
        Map.of(
            "maxAttempts",
            attempts,
            "initialBackoff",
            "0.100000000s",
            "maxBackoff",
            "1.000000000s",
            "backoffMultiplier",
            2.0,
            "retryableStatusCodes",
            List.of(codes)));
  }

  private static Map<String, Object> hedging(Map<String, Object> name, String delay) {
    return Map.of(
        "name",
        List.of(name),
        "hedgingPolicy",
        Map.of(
            "maxAttempts",
            2,
            "hedgingDelay",
            delay,
            "nonFatalStatusCodes",
            List.of("UNAVAILABLE")));
  }
}
