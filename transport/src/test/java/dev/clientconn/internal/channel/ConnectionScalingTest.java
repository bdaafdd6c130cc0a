// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import static io.grpc.ConnectivityState.CONNECTING;
import static io.grpc.ConnectivityState.IDLE;
import static io.grpc.ConnectivityState.READY;
import static io.grpc.ConnectivityState.TRANSIENT_FAILURE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.testing.FakeStream;
import dev.clientconn.testing.FakeTransport;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionScalingTest {
  private final ScalingHarness harness = new ScalingHarness();

  @Test
  void streamsAreNotCountedWhereThereMayBeOneConnection() {
    FakeTransport only = harness.connect(1);

    List<FakePick> calls = harness.calls(3);

    assertThat(only.countsStreams()).isFalse();
    assertThat(calls).allMatch(call -> call.given == only);
    assertThat(harness.dials()).isOne();
  }

  @Conforms("A105")
  @Test
  void callWithoutAFreeSlotGetsAnotherConnection() {
    FakeTransport first = harness.maxConnections(2).connect(2);
    List<FakePick> calls = harness.calls(3);
    assertThat(calls.subList(0, 2)).allMatch(call -> call.picked() == first);
    assertThat(calls.get(2).isWaiting()).isTrue();
    assertThat(harness.dials()).isEqualTo(2);
    assertThat(harness.dial(1).port()).isEqualTo(1);
    assertThat(harness.channel.state()).isEqualTo(READY);

    FakeTransport second = harness.ready(2);

    assertThat(calls.get(2).picked()).isSameAs(second);
    assertThat(harness.channel.state()).isEqualTo(READY);
    assertThat(harness.waits).containsExactly("GRANTED 0 ms");
  }

  @Conforms("A105")
  @Test
  void oldestConnectionWithAFreeSlotIsChosen() {
    FakeTransport first = harness.maxConnections(2).connect(1);
    FakeStream stream = harness.call().open();
    harness.call();
    FakeTransport second = harness.ready(2);

    stream.close(Status.OK);

    assertThat(harness.call().picked()).isSameAs(first);
    assertThat(harness.call().picked()).isSameAs(second);
  }

  @Test
  void slotsAreReservedByThePick() {
    harness.maxConnections(2).connect(1);

    FakePick first = harness.call();
    FakePick second = harness.call();

    assertThat(first.isWaiting()).isFalse();
    assertThat(second.isWaiting()).as("the other call has made no stream yet").isTrue();
  }

  @Test
  void eachAttemptMayBeFollowedByAnother() {
    harness.maxConnections(4).connect(1);

    List<FakePick> calls = harness.calls(5);
    harness.ready(1);
    harness.ready(1);
    harness.ready(1);

    assertThat(harness.dials()).isEqualTo(4);
    assertThat(calls.stream().filter(FakePick::isWaiting)).hasSize(1);
    assertThat(harness.waiting()).isOne();
  }

  @Conforms("A105")
  @Test
  void oneAttemptIsMadeAtATime() {
    harness.maxConnections(4).connect(1);

    harness.calls(50);

    assertThat(harness.dials()).isEqualTo(2);
  }

  @Test
  void noConnectionIsMadeWhileASlotIsFree() {
    harness.maxConnections(4).connect(2);
    FakeStream stream = harness.call().open();
    FakePick second = harness.call();
    stream.close(Status.OK);

    FakePick third = harness.call();

    assertThat(List.of(second, third)).noneMatch(FakePick::isWaiting);
    assertThat(harness.dials()).isOne();
  }

  @Test
  void allMayWaitOnAServerThatAllowsNoStreams() {
    harness.maxConnections(4).connect(0);

    List<FakePick> calls = harness.calls(10_000);
    for (int i = 0; i < 3; i++) {
      harness.ready(0);
    }

    assertThat(harness.dials()).isEqualTo(4);
    assertThat(calls).allMatch(FakePick::isWaiting);
    assertThat(harness.waiting()).isEqualTo(10_000);
    assertThat(calls).allMatch(harness::cancel);
    assertThat(harness.waiting()).isZero();
  }

  @Test
  void connectionThatBecomesReadyWhileSlotsAreGrantedMayBeFollowedByAnother() {
    FakeTransport first = harness.maxConnections(3).connect(1);
    List<FakePick> calls = harness.calls(6);
    // As if the control plane ran on this thread, in the middle of the event loop's work: the new
    // connection's slot is free until the loop has gone on.
    calls.get(1).onPicked = granted -> harness.ready(1);

    first.limit(2);

    assertThat(calls.stream().filter(FakePick::isWaiting)).hasSize(3);
    assertThat(harness.dials()).isEqualTo(3);
  }

  // Attempts that fail

  @Conforms("A105")
  @Test
  void failedAttemptIsFollowedByABackoffWhileTheChannelStaysReady() {
    harness.maxConnections(2).connect(1);
    List<FakePick> calls = harness.calls(2);

    harness.dial(1).fail("refused");
    assertThat(harness.channel.state()).isEqualTo(READY);
    harness.calls(3);
    harness.advance(Duration.ofMillis(999));
    assertThat(harness.dials()).isEqualTo(2);
    harness.advance(Duration.ofMillis(1));
    assertThat(harness.dials()).isEqualTo(3);

    FakeTransport second = harness.ready(1);
    assertThat(calls.get(1).picked()).isSameAs(second);
  }

  @Test
  void backoffEndsWithoutADialWhenNoCallWaitsAnyMore() {
    harness.maxConnections(2).connect(1);
    FakeStream stream = harness.call().open();
    FakePick waiting = harness.call();
    harness.dial(1).fail("refused");

    stream.close(Status.OK);
    harness.advance(Duration.ofHours(1));

    assertThat(waiting.isWaiting()).isFalse();
    assertThat(harness.dials()).isEqualTo(2);
    assertThat(harness.channel.clock.pendingTimers()).isZero();
  }

  // Connections that are lost

  @Test
  void waitingCallsStayWithTheOtherConnection() {
    FakeTransport first = harness.maxConnections(2).connect(1);
    harness.call();
    FakeStream onSecond = openOnSecond();
    FakePick waiting = harness.call();

    first.fail("reset by peer");
    assertThat(waiting.isWaiting()).isTrue();
    assertThat(harness.channel.state()).isEqualTo(READY);
    assertThat(harness.dials()).as("in place of the lost one").isEqualTo(3);
    onSecond.close(Status.OK);

    assertThat(waiting.picked()).isSameAs(harness.dial(1));
  }

  private FakeStream openOnSecond() {
    FakePick call = harness.call();
    harness.ready(1);
    return call.open();
  }

  @Conforms("A105")
  @ParameterizedTest
  @ValueSource(strings = {"pick_first", "round_robin"})
  void waitingCallsArePickedAgainWhenTheLastConnectionIsLost(String policy) {
    FakeTransport only = harness.policy(policy).maxConnections(2).connect(1);
    harness.call().open();
    List<FakePick> waiting = harness.calls(3);
    harness.dial(1).fail("refused");

    only.fail("reset by peer");

    assertThat(harness.waiting()).isZero();
    assertThat(harness.waits)
        .containsExactly("CONNECTION_LOST 0 ms", "CONNECTION_LOST 0 ms", "CONNECTION_LOST 0 ms");
    assertThat(harness.channel.state()).isEqualTo(TRANSIENT_FAILURE);
    assertThat(waiting)
        .allSatisfy(call -> assertThat(call.failed().getDescription()).contains("refused"));
    harness.advance(Duration.ofSeconds(1));
    FakeTransport next = harness.ready(5);
    assertThat(harness.channel.state()).isEqualTo(READY);
    assertThat(harness.call().picked()).isSameAs(next);
  }

  @Conforms("A105")
  @ParameterizedTest
  @ValueSource(strings = {"pick_first", "round_robin"})
  void attemptGoesOnWhenTheLastConnectionIsLost(String policy) {
    FakeTransport only = harness.policy(policy).maxConnections(2).connect(1);
    harness.call().open();
    List<FakePick> waiting = harness.calls(2);

    only.fail("reset by peer");
    assertThat(harness.channel.state()).isEqualTo(CONNECTING);
    assertThat(waiting).allMatch(FakePick::isWaiting);
    assertThat(harness.channel.control().waitingCalls()).isEqualTo(2);
    assertThat(harness.dials()).isEqualTo(2);
    FakeTransport second = harness.ready(5);

    assertThat(waiting).allMatch(call -> call.picked() == second);
    assertThat(harness.channel.state()).isEqualTo(READY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pick_first", "round_robin"})
  void attemptThatNobodyWaitsForMakesTheChannelReady(String policy) {
    FakeTransport only = harness.policy(policy).maxConnections(2).connect(1);
    FakeStream stream = harness.call().open();
    FakePick waiting = harness.call();
    stream.close(Status.OK);
    waiting.open().close(Status.OK);

    only.goAway();
    FakeTransport second = harness.ready(5);

    assertThat(harness.channel.state()).isEqualTo(READY);
    assertThat(harness.call().picked()).isSameAs(second);
    assertThat(harness.dials()).isEqualTo(2);
  }

  @Test
  void attemptThatFailsAfterTheLastConnectionIsLostTriesTheNextAddress() {
    harness.maxConnections(2);
    harness.channel.scaling(
        new ScalingOptions(2, 100, 0, Duration.ofMinutes(4).toNanos(), harness.listener));
    harness.channel.connect();
    harness.channel.resolver.sendGroup(1, 2);
    FakeTransport only = harness.ready(1);
    harness.call().open();
    FakePick waiting = harness.call();

    only.fail("reset by peer");
    harness.dial(1).fail("refused");
    assertThat(harness.dial(2).port()).isEqualTo(2);
    harness.ready(1);

    assertThat(waiting.picked()).isSameAs(harness.dial(2));
  }

  @Test
  void drainingConnectionTakesNoCallsAndKeepsItsStreams() {
    FakeTransport first = harness.maxConnections(2).connect(1);
    FakeStream stream = harness.call().open();
    FakeStream onSecond = openOnSecond();
    FakePick waiting = harness.call();

    first.goAway();
    stream.close(Status.OK);

    assertThat(waiting.isWaiting())
        .as("the draining connection's slot is of no use")
        .isTrue();
    assertThat(harness.dials()).isEqualTo(3);
    onSecond.close(Status.OK);
    assertThat(waiting.picked()).isSameAs(harness.dial(1));
  }

  @Test
  void goAwayOfTheLastConnectionWhileTheSyncContextIsBusyLosesNoCall() {
    FakeTransport only = harness.maxConnections(2).connect(1);
    FakeStream stream = harness.call().open();
    FakePick[] late = new FakePick[1];

    harness.channel.control().execute(() -> {
      only.goAway();
      late[0] = harness.call();
      stream.close(Status.OK);
    });
    assertThat(late[0].isWaiting()).isTrue();
    harness.ready(1);

    assertThat(late[0].picked()).isSameAs(harness.dial(1));
  }

  @Test
  void addressThatIsNoLongerListedEndsAllItsConnections() {
    harness.maxConnections(2).connect(1);
    FakeStream stream = harness.call().open();
    FakeStream onSecond = openOnSecond();
    FakePick waiting = harness.call();

    harness.channel.resolver.send(2);

    assertThat(harness.dial(0).draining).isTrue();
    assertThat(harness.dial(1).draining).isTrue();
    assertThat(harness.dial(2).port()).isEqualTo(2);
    harness.ready(1);
    assertThat(waiting.picked()).isSameAs(harness.dial(2));
    stream.close(Status.OK);
    onSecond.close(Status.OK);
    assertThat(harness.channel.connector.live()).isOne();
  }

  // The limit changes

  @Conforms("A105")
  @Test
  void raisedStreamLimitAdmitsWaitingCalls() {
    FakeTransport first = harness.maxConnections(2).connect(1);
    List<FakePick> calls = harness.calls(4);

    first.limit(3);

    assertThat(calls.stream().filter(call -> !call.isWaiting())).hasSize(3);
    assertThat(calls.get(3).isWaiting()).isTrue();
  }

  @Test
  void loweredStreamLimitAdmitsNoCallUntilStreamsHaveEnded() {
    FakeTransport first = harness.maxConnections(2).connect(2);
    FakeStream one = harness.call().open();
    FakeStream two = harness.call().open();

    first.limit(1);
    FakePick waiting = harness.call();
    one.close(Status.OK);
    assertThat(waiting.isWaiting()).isTrue();
    two.close(Status.OK);

    assertThat(waiting.picked()).isSameAs(first);
  }

  // The maximum changes

  @Conforms("A105")
  @ParameterizedTest
  @CsvSource({"3, 3", "10, 10", "11, 10", "4000000, 10"})
  void serviceConfigSetsTheMaximumUpToTen(int configured, int expected) {
    harness.connect(1);
    harness.serviceConfig(configured);

    harness.calls(20);
    for (int i = 1; i < expected; i++) {
      harness.ready(1);
    }

    assertThat(harness.dials()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"4, 2, 2", "4, 6, 4", "20, 15, 15", "1, 5, 1"})
  void buildersMaximumLimitsTheServiceConfigs(int builder, int configured, int expected) {
    harness.maxConnections(builder).connect(1);
    harness.serviceConfig(configured);

    harness.calls(20);
    for (int i = 1; i < expected; i++) {
      harness.ready(1);
    }

    assertThat(harness.dials()).isEqualTo(expected);
  }

  @Test
  void maximumOfTheDefaultServiceConfigHoldsFromTheStart() {
    harness.channel.serviceConfig(ScalingHarness.config(2));

    FakeTransport first = harness.connect(1);
    harness.calls(2);

    assertThat(first.countsStreams()).isTrue();
    assertThat(harness.dials()).isEqualTo(2);
  }

  @Test
  void raisedMaximumCountsTheStreamsThatExist() {
    FakeTransport first = harness.connect(2);
    FakeStream one = harness.call().open();
    FakePick pickedBefore = harness.call();

    harness.serviceConfig(2);
    assertThat(first.slotsInUse()).isOne();
    pickedBefore.open();
    assertThat(first.slotsInUse()).isEqualTo(2);
    FakePick waiting = harness.call();

    assertThat(waiting.isWaiting()).isTrue();
    assertThat(harness.dials()).isEqualTo(2);
    one.close(Status.OK);
    assertThat(waiting.picked()).isSameAs(first);
  }

  @Test
  void callsGoToTheConnectionUntilItsStreamsAreCounted() {
    FakeTransport first = harness.connect(1);
    first.countsAtOnce = false;
    harness.serviceConfig(2);

    FakePick before = harness.call();
    first.beginCounting();
    before.open();
    FakePick after = harness.call();

    assertThat(before.given).isSameAs(first);
    assertThat(after.isWaiting()).isTrue();
    assertThat(first.returns).as("calls that wait on it may get another one").isOne();
  }

  @Test
  void raisedMaximumDialsForCallsThatWait() {
    harness.maxConnections(10).connect(1);
    harness.serviceConfig(2);
    harness.calls(4);
    harness.ready(1);
    assertThat(harness.dials()).isEqualTo(2);

    harness.serviceConfig(3);

    assertThat(harness.dials()).isEqualTo(3);
  }

  @Test
  void loweredMaximumClosesNoConnectionAndDialsNone() {
    harness.connect(1);
    harness.serviceConfig(3);
    FakeStream one = harness.call().open();
    FakeStream two = openOnSecond();

    harness.serviceConfig(null);
    FakePick waiting = harness.call();
    assertThat(harness.channel.connector.live()).isEqualTo(2);
    assertThat(harness.dials()).isEqualTo(2);
    two.close(Status.OK);
    assertThat(waiting.picked()).isSameAs(harness.dial(1));

    waiting.open().close(Status.OK);
    one.close(Status.OK);
    harness.advance(Duration.ofMinutes(5));
    assertThat(harness.channel.connector.live()).isOne();
  }

  @Test
  void loweredMaximumIsForgottenWithTheLastConnection() {
    FakeTransport first = harness.connect(1);
    harness.serviceConfig(3);
    harness.serviceConfig(null);
    first.fail("reset by peer");

    FakePick call = harness.call();
    FakeTransport next = harness.ready(1);

    assertThat(call.given).isSameAs(next);
    assertThat(next.countsStreams()).isFalse();
  }

  // Connections that are not needed any more

  @Test
  void unusedConnectionIsClosedAndTheOldestStays() {
    FakeTransport first = harness.maxConnections(3).connect(1);
    FakeStream one = harness.call().open();
    FakeStream two = openOnSecond();
    FakeStream three = openOnSecond();
    one.close(Status.OK);
    two.close(Status.OK);
    harness.advance(Duration.ofMinutes(2));
    harness.advance(Duration.ofMinutes(3));
    assertThat(harness.dial(1).terminated)
        .as("unused for more than four minutes")
        .isTrue();
    assertThat(harness.dial(2).draining).as("has a stream").isFalse();

    three.close(Status.OK);
    harness.advance(Duration.ofMinutes(5));

    assertThat(harness.dial(2).terminated).isTrue();
    assertThat(first.draining).isFalse();
    assertThat(harness.channel.state()).isEqualTo(READY);
    assertThat(harness.channel.clock.pendingTimers()).isZero();
  }

  @Test
  void connectionWithACallNowAndThenStaysOpen() {
    harness.maxConnections(2).connect(1);
    harness.call().open();
    FakeStream two = openOnSecond();
    two.close(Status.OK);

    for (int i = 0; i < 10; i++) {
      harness.advance(Duration.ofMinutes(3));
      harness.call().open().close(Status.OK);
    }

    assertThat(harness.dial(1).draining).isFalse();
  }

  // The channel's end

  @Test
  void shutdownNowFailsWaitingCalls() {
    harness.maxConnections(2).connect(1);
    harness.call().open();
    FakePick waiting = harness.call();

    harness.channel.shutdownNow();

    assertThat(waiting.failed().getDescription()).contains("shutdownNow");
    harness.channel.endCall();
    harness.channel.endCall();
    assertThat(harness.channel.isTerminated()).isTrue();
    assertThat(harness.channel.clock.pendingTimers()).isZero();
  }

  @Test
  void shutdownLetsWaitingCallsFinish() {
    harness.maxConnections(2).connect(1);
    FakeStream stream = harness.call().open();
    FakePick waiting = harness.call();

    harness.channel.shutdown();
    harness.ready(1);
    stream.close(Status.OK);
    waiting.open().close(Status.OK);
    harness.channel.endCall();
    harness.channel.endCall();

    assertThat(harness.channel.isTerminated()).isTrue();
    assertThat(harness.channel.connector.live()).isZero();
  }

  @Test
  void idleChannelWakesForCallsThatWaitedForASlot() {
    harness.maxConnections(2).connect(1);
    FakeStream stream = harness.call().open();
    FakePick waiting = harness.call();

    harness.channel.control().execute(harness.channel.control()::enterIdle);
    assertThat(harness.channel.state()).isEqualTo(CONNECTING);
    harness.channel.resolver.send(1);
    FakeTransport next = harness.ready(1);

    assertThat(waiting.picked()).isSameAs(next);
    stream.close(Status.OK);
    assertThat(harness.dial(0).terminated).isTrue();
  }

  @Test
  void channelMayGoIdleWithSeveralConnections() {
    harness.maxConnections(2).connect(1);
    harness.call().open().close(Status.OK);
    FakePick one = harness.call();
    FakeStream two = openOnSecond();
    one.open().close(Status.OK);
    two.close(Status.OK);

    harness.channel.control().execute(harness.channel.control()::enterIdle);

    assertThat(harness.channel.state()).isEqualTo(IDLE);
    assertThat(harness.channel.connector.live()).isZero();
    assertThat(harness.channel.clock.pendingTimers()).isZero();
  }
}
