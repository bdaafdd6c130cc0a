// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ConnectivityState;
import io.grpc.Status;
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
    assertThat(timeoutNanos()).as("before the resolver answers").isEqualTo(1_000_000_000L);

    harness.resolver.send(timeout("2s"), 1);

    assertThat(timeoutNanos()).isEqualTo(2_000_000_000L);
  }

  @Test
  void defaultIsInForceWhenTheResolverSendsNone() {
    harness.serviceConfig(timeout("1s")).connect();

    harness.resolver.send(timeout("2s"), 1);
    harness.resolver.send(1);

    assertThat(timeoutNanos()).isEqualTo(1_000_000_000L);
  }

  @Test
  void resolversConfigCountsForNothingWhenLookUpIsOff() {
    harness.serviceConfig(timeout("1s")).withoutLookUp().connect();

    harness.resolver.send(timeout("2s"), 1);

    assertThat(timeoutNanos()).isEqualTo(1_000_000_000L);
  }

  @Test
  void firstConfigThatIsInvalidFailsCallsAndAsksAgain() {
    FakePick call = harness.call();

    Status answer = harness.resolver.send(INVALID, 1);

    assertThat(answer.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(call.failed().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(call.failed().getDescription()).contains("methodConfig must be a list");
    assertThat(harness.state()).isEqualTo(ConnectivityState.TRANSIENT_FAILURE);
    assertThat(harness.connector.dials).isEmpty();
  }

  @Test
  void laterConfigThatIsInvalidLeavesTheLastGoodOne() {
    harness.connect();
    harness.resolver.send(timeout("2s"), 1);

    Status answer = harness.resolver.send(INVALID, 1);

    assertThat(answer.isOk()).isTrue();
    assertThat(timeoutNanos()).isEqualTo(2_000_000_000L);
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

  private @Nullable Long timeoutNanos() {
    return harness.control().serviceConfig().methodConfig(ChannelHarness.METHOD).timeoutNanos();
  }

  private static Map<String, ?> timeout(String timeout) {
    return Map.of("methodConfig", List.of(Map.of("name", List.of(Map.of()), "timeout", timeout)));
  }
}
