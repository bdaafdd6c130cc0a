// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import static io.grpc.ConnectivityState.READY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LookUpScheduleTest {
  private static final Duration PERIOD = Duration.ofMinutes(1);
  private static final Duration MIN = Duration.ofSeconds(20);

  private final ChannelHarness harness = new ChannelHarness();

  @Test
  void looksUpOncePerPeriod() {
    connect(PERIOD, Duration.ZERO);

    for (int i = 1; i <= 5; i++) {
      harness.clock.advance(PERIOD.minusNanos(1));
      assertThat(harness.refreshes()).isEqualTo(i - 1);
      harness.clock.advance(Duration.ofNanos(1));
      assertThat(harness.refreshes()).isEqualTo(i);
      harness.resolver.send(1);
    }
  }

  @Test
  void periodIsSpreadByATenth() {
    harness.random = 0;
    connect(PERIOD, Duration.ZERO);
    harness.clock.advance(Duration.ofSeconds(54).minusNanos(1));
    assertThat(harness.refreshes()).isZero();
    harness.clock.advance(Duration.ofNanos(1));
    assertThat(harness.refreshes()).isEqualTo(1);

    harness.random = 1;
    harness.clock.advance(Duration.ofSeconds(54));
    assertThat(harness.refreshes()).isEqualTo(2);
    harness.clock.advance(Duration.ofSeconds(66).minusNanos(1));
    assertThat(harness.refreshes()).isEqualTo(2);
    harness.clock.advance(Duration.ofNanos(1));
    assertThat(harness.refreshes()).isEqualTo(3);
  }

  @Test
  void byDefaultNothingIsScheduled() {
    connect(Duration.ZERO, Duration.ZERO);

    assertThat(harness.clock.pendingTimers()).isZero();
  }

  @Test
  void requestedLookUpBeginsThePeriodAnew() {
    connect(PERIOD, Duration.ZERO);
    harness.clock.advance(Duration.ofSeconds(50));

    loseTheConnection();
    assertThat(harness.refreshes()).isEqualTo(1);
    harness.clock.advance(Duration.ofSeconds(50));
    assertThat(harness.refreshes()).isEqualTo(1);
    harness.clock.advance(Duration.ofSeconds(10));

    assertThat(harness.refreshes()).isEqualTo(2);
  }

  @Conforms("C143")
  @Test
  void requestThatComesTooEarlyIsDelayedToTheMinimumInterval() {
    connect(Duration.ZERO, MIN);
    harness.clock.advance(Duration.ofSeconds(5));

    loseTheConnection();
    loseTheConnection();
    assertThat(harness.refreshes()).isZero();
    harness.clock.advance(Duration.ofSeconds(15).minusNanos(1));
    assertThat(harness.refreshes()).isZero();
    harness.clock.advance(Duration.ofNanos(1));

    assertThat(harness.refreshes()).isEqualTo(1);
    harness.clock.advance(Duration.ofHours(1));
    assertThat(harness.refreshes()).as("one look-up for both requests").isEqualTo(1);
  }

  @Test
  void requestAfterTheMinimumIntervalIsActedOnAtOnce() {
    connect(Duration.ZERO, MIN);
    harness.clock.advance(MIN);

    loseTheConnection();

    assertThat(harness.refreshes()).isEqualTo(1);
  }

  @Test
  void minimumIntervalAppliesToThePeriodToo() {
    connect(Duration.ofSeconds(1), MIN);

    harness.clock.advance(Duration.ofMinutes(1));

    assertThat(harness.refreshes()).isEqualTo(3);
  }

  @Test
  void requestBeforeThePeriodEndsIsNotDelayedToItsEnd() {
    connect(PERIOD, MIN);
    harness.clock.advance(Duration.ofSeconds(5));

    loseTheConnection();
    harness.clock.advance(Duration.ofSeconds(15));

    assertThat(harness.refreshes()).isEqualTo(1);
  }

  @Conforms("C114")
  @ParameterizedTest
  @ValueSource(strings = {"pick_first", "round_robin"})
  void failedLookUpsLeaveTheConnectionInUse(String policy) {
    harness.policy(policy);
    connect(PERIOD, Duration.ZERO);
    List<Object> changes = new ArrayList<>();
    harness.control().tracker().onChangeFrom(READY, () -> changes.add(harness.state()));

    for (int i = 0; i < 50; i++) {
      harness.clock.advance(PERIOD.multipliedBy(3));
      harness.resolver.last().fail("no DNS");
      assertThat(harness.call().picked()).isSameAs(harness.connector.last());
    }

    assertThat(changes).isEmpty();
    assertThat(harness.connector.dials).hasSize(1);
    assertThat(harness.connector.last().draining).isFalse();
  }

  @Conforms("C143")
  @Test
  void afterAFailedLookUpTheDelaysOfRetriesApplyAndThenThePeriodAgain() {
    connect(PERIOD, MIN);
    harness.clock.advance(PERIOD);
    harness.resolver.last().fail("no DNS");
    assertThat(harness.refreshes()).isEqualTo(1);

    harness.clock.advance(Duration.ofSeconds(1));
    assertThat(harness.refreshes()).as("the first retry").isEqualTo(2);
    harness.resolver.send(1);
    harness.clock.advance(PERIOD.minusNanos(1));
    assertThat(harness.refreshes()).isEqualTo(2);
    harness.clock.advance(Duration.ofNanos(1));

    assertThat(harness.refreshes()).isEqualTo(3);
  }

  @Test
  void resetOfTheBackoffLooksUpAtOnce() {
    connect(PERIOD, MIN);

    harness.control().execute(harness.control()::resetBackoff);
    assertThat(harness.refreshes()).isEqualTo(1);
    harness.control().execute(harness.control()::resetBackoff);
    assertThat(harness.refreshes()).isEqualTo(2);
  }

  @Test
  void resetOfTheBackoffOfAnIdleChannelDoesNothing() {
    harness.control().execute(harness.control()::resetBackoff);
    assertThat(harness.resolver.last().started).isFalse();
    connect(PERIOD, MIN);
    harness.control().execute(harness.control()::enterIdle);

    harness.control().execute(harness.control()::resetBackoff);

    assertThat(harness.resolver.resolvers).hasSize(1);
    assertThat(harness.clock.pendingTimers()).isZero();
  }

  @Test
  void idleChannelLooksNothingUp() {
    connect(PERIOD, MIN);
    harness.control().execute(harness.control()::enterIdle);
    assertThat(harness.clock.pendingTimers()).isZero();

    harness.connect();

    assertThat(harness.resolver.resolvers)
        .as("it does so at once after idleness")
        .hasSize(2);
    harness.clock.advance(PERIOD);
    assertThat(harness.refreshes()).isEqualTo(1);
  }

  @Test
  void shutdownLeavesNoTimer() {
    connect(PERIOD, MIN);
    loseTheConnection();

    harness.shutdown();

    assertThat(harness.isTerminated()).isTrue();
    assertThat(harness.clock.pendingTimers()).isZero();
  }

  @Test
  void resolverThatThrowsFromAPeriodicLookUpIsReplaced() {
    connect(PERIOD, MIN);
    harness.resolver.throwsOnRefresh = new IllegalStateException("broken");
    harness.clock.advance(PERIOD);
    assertThat(harness.call().picked()).isSameAs(harness.connector.last());
    harness.resolver.throwsOnRefresh = null;

    harness.clock.advance(Duration.ofSeconds(1));
    assertThat(harness.resolver.resolvers).hasSize(2);
    harness.resolver.send(1);
    harness.clock.advance(PERIOD);

    assertThat(harness.refreshes()).isEqualTo(1);
  }

  private void connect(Duration period, Duration min) {
    harness.resolution(new ResolutionOptions(period.toNanos(), min.toNanos()));
    harness.connect();
    harness.resolver.send(1);
    harness.connector.last().ready();
  }

  /** Policies request a look-up when a connection is lost. */
  private void loseTheConnection() {
    harness.connector.last().fail("reset by peer");
    harness.connect();
    harness.connector.last().ready();
  }
}
