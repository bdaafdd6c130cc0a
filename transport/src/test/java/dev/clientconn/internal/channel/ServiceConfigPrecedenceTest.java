// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.call.RetryThrottle;
import io.grpc.ConnectivityState;
import io.grpc.NameResolver.ResolutionResult;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ServiceConfigPrecedenceTest {
  private static final Map<String, ?> INVALID = Map.of("methodConfig", "none");

  private final ChannelHarness harness = new ChannelHarness();

  @Test
  void resolversConfigBeatsTheDefault() {
    harness.serviceConfig(timeout("1s")).connect();
    assertThat(timeoutNanos()).as("before the resolver responds").isEqualTo(1_000_000_000L);

    harness.resolver.send(timeout("2s"), 1);

    assertThat(timeoutNanos()).isEqualTo(2_000_000_000L);
  }

  @Conforms("C095")
  @Test
  void defaultIsInForceWhenTheResolverSendsNone() {
    harness.serviceConfig(timeout("1s")).connect();

    harness.resolver.send(timeout("2s"), 1);
    harness.resolver.send(1);

    assertThat(timeoutNanos()).isEqualTo(1_000_000_000L);
  }

  @Conforms("C095")
  @Test
  void resolversConfigCountsForNothingWhenLookUpIsOff() {
    harness.serviceConfig(timeout("1s")).withoutLookUp().connect();

    harness.resolver.send(timeout("2s"), 1);

    assertThat(timeoutNanos()).isEqualTo(1_000_000_000L);
  }

  @Conforms("C094")
  @Test
  void firstConfigThatIsInvalidFailsCallsAndAsksAgain() {
    FakePick call = harness.call();

    Status status = harness.resolver.send(INVALID, 1);

    assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(call.failed().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(call.failed().getDescription()).contains("methodConfig must be a list");
    assertThat(harness.state()).isEqualTo(ConnectivityState.TRANSIENT_FAILURE);
    assertThat(harness.connector.dials).isEmpty();
  }

  @Conforms("C094")
  @Test
  void laterConfigThatIsInvalidLeavesTheLastGoodOne() {
    harness.connect();
    harness.resolver.send(timeout("2s"), 1);

    Status status = harness.resolver.send(INVALID, 1);

    assertThat(status.isOk()).isTrue();
    assertThat(timeoutNanos()).isEqualTo(2_000_000_000L);
  }

  @Test
  void failedReResolutionLeavesTheLastConfig() {
    harness.connect();
    harness.resolver.send(timeout("2s"), 1);

    harness
        .resolver
        .last()
        .send(ResolutionResult.newBuilder()
            .setAddressesOrError(StatusOr.fromStatus(Status.UNAVAILABLE.withDescription("no DNS")))
            .build());
    assertThat(timeoutNanos()).isEqualTo(2_000_000_000L);

    harness.resolver.last().fail("no DNS");
    assertThat(timeoutNanos()).isEqualTo(2_000_000_000L);
  }

  @Test
  void invalidConfigAfterAddressesWithoutOneLeavesThatThereIsNone() {
    harness.connect();
    harness.resolver.send(1);

    Status status = harness.resolver.send(INVALID, 1);

    assertThat(status.isOk()).isTrue();
    assertThat(timeoutNanos()).isNull();
  }

  @Test
  void tokensOutliveAConfigWithTheSameThrottling() {
    harness.serviceConfig(throttling(0.1)).connect();
    RetryThrottle byDefault = harness.control().serviceConfig().retryThrottle();
    assertThat(byDefault).isNotNull();

    harness.resolver.send(throttling(0.1004), 1);
    assertThat(harness.control().serviceConfig().retryThrottle())
        .as("the fourth decimal place has no meaning")
        .isSameAs(byDefault);

    harness.resolver.send(throttling(0.2), 1);
    assertThat(harness.control().serviceConfig().retryThrottle())
        .isNotNull()
        .isNotSameAs(byDefault);

    harness.resolver.send(timeout("2s"), 1);
    assertThat(harness.control().serviceConfig().retryThrottle()).isNull();
  }

  private static Map<String, ?> throttling(double ratio) {
    return Map.of("retryThrottling", Map.of("maxTokens", 10.0, "tokenRatio", ratio));
  }

  @Test
  void firstConfigThatIsInvalidLeavesTheDefault() {
    harness.serviceConfig(timeout("1s")).connect();

    harness.resolver.send(INVALID, 1);

    assertThat(timeoutNanos()).isEqualTo(1_000_000_000L);
    assertThat(harness.connector.dials).hasSize(1);
  }

  @Test
  void policyOfTheConfigBeatsTheDefaultPolicy() {
    harness.connect();

    harness.resolver.send(
        Map.of("loadBalancingConfig", List.of(Map.of("round_robin", Map.of()))), 1, 2);

    assertThat(harness.connector.dials).as("pick_first would dial one").hasSize(2);
  }

  @Conforms("C100")
  @Test
  void callsStayWithThePolicyInForceUntilTheNextOneIsReady() {
    harness.connect();
    harness.resolver.send(1);
    harness.connector.last().ready();

    harness.resolver.send(
        Map.of("loadBalancingConfig", List.of(Map.of("round_robin", Map.of()))), 2);

    assertThat(harness.call().picked().port()).as("round_robin connects").isEqualTo(1);
    harness.connector.last().ready();
    assertThat(harness.call().picked().port()).isEqualTo(2);
    assertThat(harness.state()).isEqualTo(ConnectivityState.READY);
  }

  private @Nullable Long timeoutNanos() {
    return harness.control().serviceConfig().methodConfig(ChannelHarness.METHOD).timeoutNanos();
  }

  private static Map<String, ?> timeout(String timeout) {
    return Map.of("methodConfig", List.of(Map.of("name", List.of(Map.of()), "timeout", timeout)));
  }
}
