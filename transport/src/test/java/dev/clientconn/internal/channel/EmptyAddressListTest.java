// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.testing.FakeTransport;
import io.grpc.Status.Code;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An empty list of addresses is a result, unlike a failed resolution: the policy decides about the
 * connections that there are. The channel resolves again after a backoff.
 */
class EmptyAddressListTest {
  private static final String NO_ADDRESS =
      "The name resolver found no address for fake:///server:1: no server is registered under this"
          + " name, or all were removed";

  private final ChannelHarness harness = new ChannelHarness();

  @Conforms("C006")
  @ParameterizedTest
  @ValueSource(strings = {"pick_first", "round_robin"})
  void firstListFailsTheCallsWithTheTargetAndAReason(String policy) {
    harness.policy(policy);
    FakePick failFast = harness.call();
    FakePick patient = harness.waitForReadyCall();

    assertThat(harness.resolver.send().getDescription()).isEqualTo(NO_ADDRESS);

    assertThat(failFast.failed().getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(failFast.failed().getDescription()).isEqualTo(NO_ADDRESS);
    assertThat(patient.isWaiting()).isTrue();
    harness.clock.advance(Duration.ofSeconds(1));
    assertThat(harness.refreshes()).isEqualTo(1);
    harness.resolver.send(1);
    harness.connector.last().ready();
    assertThat(patient.picked()).isSameAs(harness.connector.last());
  }

  @Test
  void pickFirstReleasesItsConnectionAndFailsNewCalls() {
    FakeTransport connection = connected();

    harness.resolver.send();

    assertThat(connection.draining).isTrue();
    assertThat(harness.call().failed().getDescription()).isEqualTo(NO_ADDRESS);
  }

  @Test
  void roundRobinUsesTheConnectionsThatItHas() {
    harness.policy("round_robin");
    FakeTransport connection = connected();

    harness.resolver.send();

    assertThat(harness.call().picked()).isSameAs(connection);
  }

  @Test
  void nextAddressesEndTheFailures() {
    connected();
    harness.resolver.send();
    FakePick patient = harness.waitForReadyCall();

    harness.resolver.send(2);
    harness.connector.last().ready();

    assertThat(patient.picked()).isSameAs(harness.connector.last());
    assertThat(harness.clock.pendingTimers()).as("no further try").isZero();
  }

  private FakeTransport connected() {
    harness.connect();
    harness.resolver.send(1);
    harness.connector.last().ready();
    return harness.connector.last();
  }
}
