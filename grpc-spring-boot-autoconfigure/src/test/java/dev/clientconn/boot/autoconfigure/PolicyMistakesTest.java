// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/**
 * Checks that each mistake in retry and hedging policies, service configs and settings of
 * connections fails the start, with property, value, origin and what is allowed.
 */
class PolicyMistakesTest {

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(
          AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "retry.max-attempts | 0 | It must be at least 1.",
        "retry.initial-backoff | 0s | It must be longer than zero.",
        "retry.initial-backoff | 2s | not be longer than retry.max-backoff, which is 1000 ms.",
        "retry.max-backoff | -1s | It must be longer than zero.",
        "retry.max-backoff | 50ms | not be shorter than retry.initial-backoff, which is 100 ms.",
        "retry.multiplier | 0 | It must be a number above 0.",
        "retry.multiplier | NaN | It must be a number above 0.",
        "retry.codes | UNAVAILABEL | Did you mean UNAVAILABLE? Known codes: CANCELLED,",
        "retry.codes | OK | OK is no failure. Known codes: CANCELLED,",
        "retry.codes | 99 | is no gRPC status code. Known codes: CANCELLED,",
        "retry.codes | [] | It must have at least one status code. Known codes: CANCELLED,",
        "retry.buffer.per-call | 0B | It must be at least 1 byte.",
        "retry.buffer.total | -1B | It must be at least 1 byte.",
        "hedging.max-attempts | -2 | It must be at least 1.",
        "hedging.delay | -1s | It must not be negative.",
        "hedging.non-fatal-codes | ABORT | Did you mean ABORTED?",
        "throttling.max-tokens | -1 | It must be between 0 and 1000.",
        "throttling.max-tokens | 1001 | It must be between 0 and 1000.",
        "throttling.token-ratio | 0.0001 | It must be at least 0.001.",
        "throttling.token-ratio | 0.5 | It has no effect without throttling.max-tokens.",
        "connections.max | 0 | It must be at least 1.",
        "connections.idle-timeout | 10ms | It must be at least 1s.",
        "streams.pending-timeout | -1s | It must not be negative. 0 means none.",
        "connections.max-age | 100ms | It must be at least 1s, or 0 for none.",
        "connections.max-age-grace | 0s | It must be longer than zero.",
        "dns.refresh-interval | -1s | It must not be negative. 0 means none.",
        "dns.min-refresh-interval | -1s | It must not be negative. 0 means none.",
      })
  void valueOutOfRangeIsExplained(String key, String value, String reason) {
    String attempts = key.equals("retry.max-attempts") ? "" : "retry.max-attempts: 2";
    FailureAnalysis analysis = start("""
        %s: %s
          %s
        """.formatted(key, value, attempts));

    assertThat(analysis.getDescription())
        .contains("for configuration property 'grpc.client.targets.greeter." + key + "'")
        .contains("(originating from 'application.yml - 3:")
        .contains(reason);
  }

  @Test
  void valueOfTheDefaultsIsNamedThere() {
    FailureAnalysis analysis = StartFailure.of(this.runner, """
        grpc.client:
          defaults.retry: { max-attempts: 3, codes: [ABORTED, UNKOWN] }
          targets.greeter.address: localhost:9090
        """);

    assertThat(analysis.getDescription())
        .contains("Invalid value 'UNKOWN'", "'grpc.client.defaults.retry.codes[1]'")
        .contains("Did you mean UNKNOWN?");
  }

  @ParameterizedTest
  @ValueSource(strings = {"retry.initial-backoff: 1s", "retry.codes: [ABORTED]"})
  void retryWithoutAttemptsIsExplained(String line) {
    assertThat(start(line).getDescription())
        .contains("It has no effect without retry.max-attempts.", "application.yml - 3:");
  }

  @Test
  void hedgingWithoutAttemptsIsExplained() {
    assertThat(start("hedging.delay: 1s").getDescription())
        .contains("It has no effect without hedging.max-attempts.", "application.yml - 3:");
  }

  @Test
  void defaultsMayHaveValuesForTargetsThatRetry() {
    this.runner
        .withPropertyValues(
            "grpc.client.defaults.retry.initial-backoff=50ms",
            "grpc.client.defaults.throttling.token-ratio=0.5",
            "grpc.client.targets.greeter.address=localhost:9090")
        .run(context -> assertThat(context).hasNotFailed());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/demo.Greeter/SayHello", "demo.Greeter/", "demo Greeter", "demo.*", "a/b/c"})
  void nameThatIsNoMethodIsExplained(String name) {
    FailureAnalysis analysis = start("""
        retry.methods:
            - names: [demo.Clock, "%s"]
              max-attempts: 2
        """.formatted(name));

    assertThat(analysis.getDescription())
        .contains("Invalid value '" + name + "' for configuration property"
            + " 'grpc.client.targets.greeter.retry.methods[0].names[1]'")
        .contains("Write package.Service/Method or package.Service.");
  }

  @Test
  void methodsWithoutNamesAreExplained() {
    assertThat(start("hedging.methods: [{ max-attempts: 2 }]").getDescription())
        .contains("'grpc.client.targets.greeter.hedging.methods[0].max-attempts'")
        .contains("hedging.methods[0] needs names");
  }

  @Test
  void methodsWithoutAttemptsAreExplained() {
    assertThat(start("retry.methods: [{ names: demo.Clock }]").getDescription())
        .contains("retry.methods[0] has no max-attempts, and retry has none.");
  }

  @Test
  void wrongValueOfAMethodIsNamed() {
    assertThat(start("retry.methods: [{ names: demo.Clock, max-attempts: 0 }]").getDescription())
        .contains("'grpc.client.targets.greeter.retry.methods[0].max-attempts'");
  }

  @Test
  void misspeltKeyOfAMethodIsExplained() {
    FailureAnalysis analysis = start("retry.methods: [{ names: demo.Clock, max-attemps: 2 }]");

    assertThat(analysis.getDescription())
        .contains("grpc.client.targets.greeter.retry.methods[0].max-attemps")
        .contains("Did you mean 'retry.methods[0].max-attempts'?");
  }

  @Test
  void retryAndHedgingOfAllMethodsContradict() {
    FailureAnalysis analysis = start("""
        retry.max-attempts: 3
          hedging.max-attempts: 2
        """);

    assertThat(analysis.getDescription())
        .contains("'grpc.client.targets.greeter.hedging.max-attempts'", "application.yml - 4:")
        .contains("It contradicts grpc.client.targets.greeter.retry.max-attempts");
  }

  @Test
  void retryAndHedgingOfOneMethodContradict() {
    FailureAnalysis analysis = start("""
        retry.methods: [{ names: demo.Clock, max-attempts: 3 }]
          hedging.methods: [{ names: "demo.Greeter,demo.Clock", max-attempts: 3 }]
        """);

    assertThat(analysis.getDescription())
        .contains("'grpc.client.targets.greeter.hedging.methods[0].names'")
        .contains(
            "It contradicts grpc.client.targets.greeter.retry.methods[0].max-attempts",
            "demo.Clock has a policy already");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{ names: 'demo.Clock, demo.Clock', max-attempts: 3 }]",
        "[{ names: demo.Clock, max-attempts: 3 }, { names: demo.Clock, max-attempts: 2 }]"
      })
  void methodThatIsNamedTwiceIsExplained(String methods) {
    assertThat(start("retry.methods: " + methods).getDescription())
        .contains("demo.Clock has a retryPolicy by grpc.client.targets.greeter.retry.methods[0]."
            + "max-attempts already. Remove one of the two.")
        .doesNotContain("hedged");
  }

  @Test
  void targetMayHedgeWhatTheDefaultsRetry() {
    this.runner
        .withPropertyValues(
            "grpc.client.defaults.retry.max-attempts=3",
            "grpc.client.targets.greeter.address=localhost:9090",
            "grpc.client.targets.greeter.retry.max-attempts=1",
            "grpc.client.targets.greeter.hedging.max-attempts=2")
        .run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  void serviceConfigWithMethodsContradictsTypedPolicies() {
    FailureAnalysis analysis = StartFailure.of(this.runner, """
        grpc.client:
          defaults.retry.max-attempts: 3
          targets.greeter:
            address: localhost:9090
            service-config.methodConfig: [{ name: [{}], timeout: 1s }]
        """);

    assertThat(analysis.getDescription())
        .contains("'grpc.client.defaults.retry.max-attempts'", "application.yml - 2:")
        .contains("It contradicts grpc.client.targets.greeter.service-config.methodConfig");
  }

  @Test
  void serviceConfigWithThrottlingContradictsTypedThrottling() {
    FailureAnalysis analysis = start("""
        throttling.max-tokens: 10
          service-config.retryThrottling: { maxTokens: 10, tokenRatio: 0.1 }
        """);

    assertThat(analysis.getDescription())
        .contains("'grpc.client.targets.greeter.throttling.max-tokens'", "application.yml - 3:")
        .contains("It contradicts grpc.client.targets.greeter.service-config.retryThrottling");
  }

  @Test
  void serviceConfigWithoutMethodsGoesWithTypedPolicies() {
    this.runner
        .withInitializer(context -> StartFailure.load(context, """
            grpc.client.targets.greeter:
              address: localhost:9090
              retry.max-attempts: 3
              throttling.max-tokens: 10
              service-config.loadBalancingConfig: [{ round_robin: {} }]
            """))
        .run(context -> assertThat(context).hasNotFailed());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "timeout: 10ms | timeout | a duration such as \"1.5s\"",
        "timeout: 5 | timeout | a duration such as \"1.5s\", but is 5",
        "waitForReady: perhaps | waitforready | true or false",
        "maxRequestMessageBytes: -1 | maxrequestmessagebytes | 0 or more",
        "retryPolicy.maxAttempts: 1 | retrypolicy.maxattempts | 2 or more",
        "name: [{ method: SayHello }] | name[0].method | no service",
      })
  void wrongValueOfAServiceConfigShowsItsLine(String line, String key, String reason) {
    FailureAnalysis analysis = start("""
        service-config.methodConfig:
            - %s
        """.formatted(line));

    assertThat(analysis.getDescription())
        .startsWith("The service config of the gRPC target 'greeter' is invalid:")
        .contains("grpc.client.targets.greeter.service-config.methodconfig[0]." + key)
        .contains("Origin: application.yml - 4:")
        .contains(reason);
  }

  @Test
  void tokensOfTheThrottleAreShown() {
    assertThat(start("service-config.retryThrottling: { maxTokens: 5000, tokenRatio: 0.1 }")
            .getDescription())
        .contains("Value: \"5000\"", "at most 1000");
    assertThat(start("throttling.max-token: 50").getAction()).contains("max-tokens: 50");
  }

  @Test
  void settingsOfAPolicyThatAreNoObjectShowTheirLine() {
    assertThat(start("service-config.loadBalancingConfig: [{ round_robin: 3 }]").getDescription())
        .contains("service-config.loadbalancingconfig[0].roundrobin", "application.yml - 3:")
        .contains("loadBalancingConfig[0].round_robin must be an object, but is 3");
  }

  @Test
  void listInThePlaceOfAServiceConfigIsExplained() {
    assertThat(start("service-config: [{ methodConfig: [{ timeout: 1s }] }]").getDescription())
        .contains("application.yml - 3:", "There is no key '[0]' here. Known keys: loadBalancing");
  }

  @Test
  void missingValueOfAServiceConfigShowsItsPlace() {
    FailureAnalysis analysis = start("service-config.retryThrottling: { tokenRatio: 0.1 }");

    assertThat(analysis.getDescription())
        .contains("service-config.retrythrottling.tokenratio", "application.yml - 3:")
        .contains("serviceConfig.retryThrottling.maxTokens must be above 0");
  }

  @Test
  void unknownPolicyOfAServiceConfigShowsItsLine() {
    FailureAnalysis analysis = start("service-config.loadBalancingConfig: [{ rondo: { x: 1 } }]");

    assertThat(analysis.getDescription())
        .contains("service-config.loadbalancingconfig[0].rondo.x", "application.yml - 3:");
  }

  @Test
  void misspeltKeyOfAServiceConfigIsExplained() {
    FailureAnalysis analysis = start("service-config.methodConfigs: [{ timeout: 1s }]");

    assertThat(analysis.getDescription())
        .contains("application.yml - 3:")
        .contains("There is no key 'methodConfigs' here. Did you mean 'methodConfig'?");
  }

  @ParameterizedTest
  @ValueSource(strings = {"service-config:", "service-config: \"{}\""})
  void serviceConfigWithoutKeysIsExplained(String line) {
    assertThat(start(line).getDescription())
        .contains("application.yml - 3:")
        .contains("It is a service config and needs at least one of its keys: loadBalancing");
  }

  private FailureAnalysis start(String lines) {
    return StartFailure.of(this.runner, """
        grpc.client.targets.greeter:
          address: localhost:9090
          %s
        """.formatted(lines));
  }
}
