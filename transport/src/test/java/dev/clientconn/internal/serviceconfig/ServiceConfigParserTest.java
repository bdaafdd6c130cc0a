// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.serviceconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.channel.ChannelHarness;
import dev.clientconn.testing.ByteMethods;
import io.grpc.Status.Code;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ServiceConfigParserTest {
  private final ServiceConfigParser parser = new ServiceConfigParser("pick_first");

  @Conforms("C090")
  @Test
  void mostSpecificNameWins() {
    ServiceConfig config = parser.parse(methods(
        entry(Map.of("timeout", "3s"), Map.of()),
        entry(Map.of("timeout", "2s"), Map.of("service", "pkg.Greeter")),
        entry(Map.of("timeout", "1s"), Map.of("service", "pkg.Greeter", "method", "Hello"))));

    assertThat(timeout(config, "pkg.Greeter/Hello")).isEqualTo(1_000_000_000L);
    assertThat(timeout(config, "pkg.Greeter/Bye")).isEqualTo(2_000_000_000L);
    assertThat(timeout(config, "pkg.Other/Hello")).isEqualTo(3_000_000_000L);
  }

  @Test
  void methodThatNobodyNamesHasNoConfig() {
    ServiceConfig config =
        parser.parse(methods(entry(Map.of("timeout", "2s"), Map.of("service", "pkg.Greeter"))));

    assertThat(config.methodConfig(ByteMethods.unary("pkg.Other/Hello")))
        .isSameAs(MethodConfig.NONE);
  }

  @Test
  void equalConfigsOfMethodsAreParsedOnce() {
    Object first = parsed(timeoutOf("1s"));

    assertThat(parsed(timeoutOf("1s"))).isSameAs(first);
    assertThat(parsed(timeoutOf("2s"))).isNotEqualTo(first);
  }

  @Test
  void configThatItsResolverChangesIsParsedAgain() {
    Map<String, Object> entry = new HashMap<>(timeoutOf("1s"));
    Map<String, ?> raw = Map.of("methodConfig", List.of(entry));
    parser.parseServiceConfig(raw);

    entry.put("timeout", "2s");

    assertThat(timeout((ServiceConfig) parsedRaw(raw), "pkg.Greeter/Hello"))
        .isEqualTo(2_000_000_000L);
  }

  @Test
  void manyConfigsOfMethodsAreParsedRight() {
    for (int i = 1; i <= 1_000; i++) {
      assertThat(timeout((ServiceConfig) parsed(timeoutOf(i + "s")), "pkg.Greeter/Hello"))
          .isEqualTo(i * 1_000_000_000L);
    }
  }

  @Test
  void fieldThatNobodyReadsMayHaveAnyValue() {
    Map<String, Object> entry = new HashMap<>(timeoutOf("1s"));
    entry.put("comment", new Object());

    assertThat(parsed(entry)).isEqualTo(parsed(entry));
  }

  @Test
  void invalidConfigOfAMethodIsInvalidEachTime() {
    for (int i = 0; i < 2; i++) {
      assertThat(parser
              .parseServiceConfig(Map.of("methodConfig", List.of(timeoutOf("soon"))))
              .getError())
          .isNotNull();
    }
  }

  private static Map<String, Object> timeoutOf(String timeout) {
    return Map.of("name", List.of(Map.of()), "timeout", timeout);
  }

  private Object parsed(Map<String, ?> methodConfig) {
    return parsedRaw(Map.of("methodConfig", List.of(methodConfig)));
  }

  private Object parsedRaw(Map<String, ?> raw) {
    return Objects.requireNonNull(parser.parseServiceConfig(raw).getConfig());
  }

  @Conforms({"C091", "C092"})
  @Test
  void readsEveryFieldOfAMethod() {
    ServiceConfig config = parser.parse(methods(entry(
        Map.of(
            "timeout",
            "1.000000001s",
            "waitForReady",
            true,
            "maxRequestMessageBytes",
            10.0,
            "maxResponseMessageBytes",
            "20"),
        Map.of())));

    assertThat(config.methodConfig(ChannelHarness.METHOD))
        .isEqualTo(new MethodConfig(1_000_000_001L, true, 10, 20));
  }

  @Test
  void longestDurationIsCappedAndNotWrapped() {
    ServiceConfig config =
        parser.parse(methods(entry(Map.of("timeout", "315576000000s"), Map.of())));

    assertThat(timeout(config, "pkg.Greeter/Hello")).isEqualTo(Long.MAX_VALUE);
  }

  @Conforms("C091")
  @Test
  void listOfPoliciesBeatsTheOldSinglePolicy() {
    ServiceConfig both = parser.parse(Map.of(
        "loadBalancingPolicy",
        "pick_first",
        "loadBalancingConfig",
        List.of(Map.of("no_such_policy", Map.of()), Map.of("round_robin", Map.of()))));
    ServiceConfig old = parser.parse(Map.of("loadBalancingPolicy", "ROUND_ROBIN"));

    assertThat(Objects.toString(both.balancerConfig())).contains("round_robin");
    assertThat(Objects.toString(old.balancerConfig())).contains("round_robin");
    assertThat(parser.parse(Map.of()).balancerConfig()).isNull();
  }

  @Conforms({"C091", "C130"})
  @Test
  void readsTheHealthCheckConfig() {
    Map<String, String> health = Map.of("serviceName", "a");

    assertThat(parser.parse(Map.of("healthCheckConfig", health)).healthCheckConfig())
        .isEqualTo(health);
    assertThatThrownBy(() -> parser.parse(Map.of("healthCheckConfig", Map.of("serviceName", true))))
        .hasMessageContaining("serviceConfig.healthCheckConfig.serviceName must be a string");
  }

  @Conforms("C091")
  @Test
  void readsARetryPolicyWithCodesByNameAndNumber() {
    Map<String, Object> retry = retry(List.of("UNAVAILABLE", "aborted", 8.0));

    ServiceConfig config = parser.parse(methods(entry(Map.of("retryPolicy", retry), Map.of())));

    assertThat(config.fallback().retryPolicy())
        .isEqualTo(new RetryPolicy(
            3,
            100_000_000L,
            1_000_000_000L,
            2.0,
            Set.of(Code.UNAVAILABLE, Code.ABORTED, Code.RESOURCE_EXHAUSTED)));
  }

  @Test
  void readsAHedgingPolicy() {
    Map<String, ?> hedging = Map.of(
        "maxAttempts", 9.0, "hedgingDelay", "0.5s", "nonFatalStatusCodes", List.of("internal"));

    ServiceConfig config = parser.parse(
        methods(entry(Map.of("hedgingPolicy", hedging), Map.of("service", "pkg.Greeter"))));

    assertThat(config.methodConfig(ByteMethods.unary("pkg.Greeter/Hello")).hedgingPolicy())
        .isEqualTo(new HedgingPolicy(9, 500_000_000L, Set.of(Code.INTERNAL)));
  }

  @Test
  void hedgingPolicyNeedsOnlyTheAttempts() {
    ServiceConfig config =
        parser.parse(methods(entry(Map.of("hedgingPolicy", Map.of("maxAttempts", 2.0)), Map.of())));

    assertThat(config.fallback().hedgingPolicy()).isEqualTo(new HedgingPolicy(2, 0, Set.of()));
  }

  @Test
  void throttlingHasThreeDecimalPlaces() {
    ServiceConfig config = parser.parse(throttling(10.0, 0.5466));

    assertThat(config.retryThrottling()).isEqualTo(new RetryThrottling(10_000, 546));
  }

  @Test
  void ratioAboveTheMaximumFillsTheBucketAndDoesNotOverflow() {
    ServiceConfig config = parser.parse(throttling(1000.0, 1e12));

    assertThat(config.retryThrottling()).isEqualTo(new RetryThrottling(1_000_000, 1_000_000));
  }

  private static Map<String, ?> throttling(double maxTokens, double tokenRatio) {
    return Map.of("retryThrottling", Map.of("maxTokens", maxTokens, "tokenRatio", tokenRatio));
  }

  private static Map<String, Object> retry(List<?> codes) {
    return Map.of(
        "maxAttempts",
        3.0,
        "initialBackoff",
        "0.1s",
        "maxBackoff",
        "1s",
        "backoffMultiplier",
        2.0,
        "retryableStatusCodes",
        codes);
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        mistake(
            Map.of("timeout", "5"),
            "methodConfig[0].timeout must be a duration such as \"1.5s\", but is 5"),
        mistake(Map.of("timeout", "-1s"), "methodConfig[0].timeout"),
        mistake(
            Map.of("timeout", 5.0),
            "methodConfig[0].timeout must be a duration such as \"1.5s\", but is 5.0"),
        mistake(
            Map.of("waitForReady", "yes"), "methodConfig[0].waitForReady must be true or false"),
        mistake(Map.of("maxRequestMessageBytes", -1.0), "maxRequestMessageBytes must be 0 or more"),
        mistake(
            Map.of("maxResponseMessageBytes", 1.5),
            "maxResponseMessageBytes must be a 32-bit integer"),
        mistake(
            Map.of("retryPolicy", Map.of("maxAttempts", 1.0)),
            "retryPolicy.maxAttempts must be 2 or more"),
        mistake(
            Map.of("retryPolicy", Map.of("maxAttempts", 2.0)),
            "retryPolicy.initialBackoff must be above 0, but is missing"),
        mistake(
            Map.of("retryPolicy", retry(List.of())),
            "retryPolicy.retryableStatusCodes must be a list of at least one status code"),
        mistake(
            Map.of("retryPolicy", retry(List.of("UNAVAILABLE", "UNAVAILABEL"))),
            "retryableStatusCodes[1] must be a status code other than OK, but is UNAVAILABEL"),
        mistake(Map.of("retryPolicy", retry(List.of("OK"))), "retryableStatusCodes[0] must be"),
        mistake(Map.of("retryPolicy", retry(List.of(17.0))), "retryableStatusCodes[0] must be"),
        mistake(
            Map.of(
                "hedgingPolicy", Map.of("maxAttempts", 2.0, "nonFatalStatusCodes", List.of(0.0))),
            "nonFatalStatusCodes[0] must be"),
        mistake(
            Map.of("retryPolicy", Map.of(), "hedgingPolicy", Map.of()),
            "both a retryPolicy and a hedgingPolicy"),
        Arguments.of(
            methods(entry(Map.of(), Map.of("method", "Hello"))),
            "name[0] names method Hello but no service"),
        Arguments.of(
            methods(entry(Map.of(), Map.of("service", "a"), Map.of("service", "a"))),
            "name[1] is a duplicate"),
        Arguments.of(methods(entry(Map.of(), Map.of(), Map.of())), "name[1] is a duplicate"),
        Arguments.of(Map.of("methodConfig", "none"), "methodConfig must be a list"),
        Arguments.of(Map.of("methodConfig", List.of("none")), "methodConfig[0] must be an object"),
        Arguments.of(
            Map.of("retryThrottling", Map.of("maxTokens", 0.0)), "maxTokens must be above 0"),
        Arguments.of(throttling(1001, 1), "serviceConfig.retryThrottling.maxTokens must be above"),
        Arguments.of(throttling(1.5, 1), "retryThrottling.maxTokens must be a 32-bit integer"),
        Arguments.of(throttling(1, 0), "retryThrottling.tokenRatio must be above 0"),
        Arguments.of(throttling(1, Double.NaN), "retryThrottling.tokenRatio must be above 0"),
        Arguments.of(throttling(1, 0.0009), "tokenRatio must be 0.001 or more, but is 9.0E-4"),
        mistake(
            Map.of("hedgingPolicy", Map.of("maxAttempts", 2.0, "hedgingDelay", "-1s")),
            "serviceConfig.methodConfig[0].hedgingPolicy.hedgingDelay must be a duration"),
        mistake(
            Map.of("hedgingPolicy", Map.of("maxAttempts", 1.0)),
            "serviceConfig.methodConfig[0].hedgingPolicy.maxAttempts must be 2 or more"),
        Arguments.of(
            Map.of("loadBalancingConfig", List.of(Map.of("round_robin", 3.0))),
            "serviceConfig.loadBalancingConfig[0].round_robin must be an object, but is 3.0"),
        Arguments.of(
            Map.of("loadBalancingConfig", List.of(Map.of())),
            "serviceConfig.loadBalancingConfig[0] must have one policy, but has []"),
        Arguments.of(
            Map.of("loadBalancingConfig", List.of(Map.of("no_such_policy", Map.of()))),
            "no_such_policy"));
  }

  @Conforms({"C090", "C093"})
  @ParameterizedTest
  @MethodSource("mistakes")
  void sayWhereAMistakeIs(Map<String, ?> config, String message) {
    assertThatThrownBy(() -> parser.parse(config))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
    assertThat(
            Objects.requireNonNull(parser.parseServiceConfig(config).getError()).getDescription())
        .startsWith("Service config is invalid: ")
        .contains(message);
  }

  @Test
  void refusesADefaultPolicyThatIsNotOnTheClassPath() {
    assertThatThrownBy(() -> new ServiceConfigParser("best_guess"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'best_guess' is not on the classpath");
  }

  private static Arguments mistake(Map<String, ?> fields, String message) {
    return Arguments.of(methods(entry(fields, Map.of())), message);
  }

  @SafeVarargs
  @SuppressWarnings("varargs")
  private static Map<String, ?> entry(Map<String, ?> fields, Map<String, String>... names) {
    Map<String, Object> entry = new java.util.HashMap<>(fields);
    entry.put("name", Arrays.asList(names));
    return entry;
  }

  @SafeVarargs
  @SuppressWarnings("varargs")
  private static Map<String, ?> methods(Map<String, ?>... entries) {
    return Map.of("methodConfig", Arrays.asList(entries));
  }

  private static Long timeout(ServiceConfig config, String method) {
    return Objects.requireNonNull(config.methodConfig(ByteMethods.unary(method)).timeoutNanos());
  }
}
