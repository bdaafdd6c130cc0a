// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import static io.grpc.ConnectivityState.IDLE;
import static io.grpc.ConnectivityState.READY;
import static io.grpc.ConnectivityState.TRANSIENT_FAILURE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.testing.FakeConnector;
import dev.clientconn.testing.FakeStream;
import dev.clientconn.testing.FakeTransport;
import dev.clientconn.testing.LoggedWarnings;
import io.grpc.ConnectivityState;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ConnectionReplacerTest {
  private static final Duration AGE = Duration.ofMinutes(10);
  private static final Duration GRACE = Duration.ofSeconds(30);

  @RegisterExtension
  final LoggedWarnings warnings = new LoggedWarnings();

  private final ChannelHarness harness =
      new ChannelHarness().connections(new ConnectionOptions(AGE.toNanos(), GRACE.toNanos()));
  private final FakeConnector connector = harness.connector;
  private final List<ConnectivityState> states = new ArrayList<>();

  // Maximum age

  @Test
  void connectionThatReachesItsMaximumAgeTakesCallsUntilAnotherOneIsReady() {
    FakeTransport old = connect();

    harness.clock.advance(AGE);
    assertThat(connector.dials).hasSize(2);
    assertThat(harness.call().picked()).isSameAs(old);
    assertThat(old.draining).isFalse();

    connector.last().ready();
    assertThat(harness.call().picked()).isSameAs(connector.last());
    assertThat(old.terminated).isTrue();
    assertThat(states).isEmpty();
  }

  @Test
  void replacementIsReplacedInItsTurn() {
    connect();

    for (int i = 2; i < 10; i++) {
      harness.clock.advance(AGE);
      assertThat(connector.dials).hasSize(i);
      connector.last().ready();
    }

    assertThat(connector.live()).isEqualTo(1);
    assertThat(states).isEmpty();
  }

  @Test
  void maximumAgeIsSpreadByATenth() {
    harness.random = 0;
    connect();
    harness.clock.advance(AGE.multipliedBy(9).dividedBy(10).minusNanos(1));
    assertThat(connector.dials).hasSize(1);
    harness.clock.advance(Duration.ofNanos(1));
    assertThat(connector.dials).hasSize(2);

    harness.random = 1;
    connector.last().ready();
    harness.clock.advance(AGE.multipliedBy(11).dividedBy(10).minusNanos(1));
    assertThat(connector.dials).hasSize(2);
    harness.clock.advance(Duration.ofNanos(1));
    assertThat(connector.dials).hasSize(3);
  }

  @Test
  void withoutAMaximumAgeNothingIsScheduled() {
    harness.connections(ConnectionOptions.DEFAULT);
    connect();

    assertThat(harness.clock.pendingTimers()).isZero();
  }

  @Test
  void connectionThatIsLostIsNotReplacedLater() {
    connect().fail("reset by peer");

    harness.clock.advance(AGE.multipliedBy(3));

    assertThat(connector.dials).hasSize(1);
    assertThat(harness.clock.pendingTimers()).isZero();
  }

  // The end of a replaced connection

  @Conforms("C027")
  @Test
  void callOnAReplacedConnectionFinishesThere() {
    FakeTransport old = connect();
    FakeStream stream = old.openStream();
    replace();

    assertThat(old.draining).isTrue();
    assertThat(old.terminated).isFalse();
    stream.close(Status.OK);

    assertThat(old.terminated).isTrue();
    harness.clock.advance(GRACE);
    assertThat(connector.live()).isEqualTo(1);
  }

  @Test
  void callThatOutlivesTheGraceFails() {
    FakeTransport old = connect();
    FakeStream stream = old.openStream();
    replace();

    harness.clock.advance(GRACE.minusNanos(1));
    assertThat(stream.endStatus).isNull();
    harness.clock.advance(Duration.ofNanos(1));

    assertThat(stream.endStatus)
        .hasToString(Status.UNAVAILABLE
            .withDescription("the connection has been replaced by another one, and the call did not"
                + " end in the 30000 ms after that (maxConnectionAgeGrace; the property"
                + " connections.max-age-grace with Spring)")
            .toString());
    assertThat(old.terminated).isTrue();
    assertThat(harness.call().picked()).isSameAs(connector.last());
  }

  @Test
  void drainedConnectionLeavesNoTimer() {
    FakeTransport old = connect();
    int timers = harness.clock.pendingTimers();
    FakeStream stream = old.openStream();
    replace();
    assertThat(harness.clock.pendingTimers()).isEqualTo(timers + 1);

    stream.close(Status.OK);

    assertThat(harness.clock.pendingTimers()).isEqualTo(timers);
  }

  // A replacement that fails

  @Test
  void connectionStaysInUseWhileItCannotBeReplaced() {
    FakeTransport old = connect();
    harness.clock.advance(AGE);

    for (int i = 0; i < 100; i++) {
      connector.last().fail("refused");
      assertThat(harness.call().picked()).isSameAs(old);
      harness.clock.advance(Duration.ofMinutes(3));
    }

    assertThat(states).isEmpty();
    assertThat(connector.dials).hasSize(102);
    assertThat(warnings.messages())
        .containsExactly("[fake:///server:1] A connection that has reached its maximum age cannot"
            + " be replaced: it stays in use, and further attempts follow. refused");
    connector.last().ready();
    assertThat(old.terminated).isTrue();
  }

  @Test
  void attemptsToReplaceAreDelayedLikeThoseToConnect() {
    connect();
    harness.clock.advance(AGE);

    connector.last().fail("refused");
    assertNextDialAfter(Duration.ofSeconds(1));
    connector.last().fail("refused");
    assertNextDialAfter(Duration.ofMillis(1600));
    connector.last().fail("refused");
    harness.control().execute(harness.control()::resetBackoff);
    assertThat(connector.dials).hasSize(5);
  }

  @Test
  void connectionThatIsLostWhileItCannotBeReplacedIsReplacedByTheNextAttempt() {
    FakeTransport old = connect();
    harness.clock.advance(AGE);
    connector.last().fail("refused");

    old.fail("reset by peer");
    FakePick call = harness.waitForReadyCall();
    harness.connect();
    harness.clock.advance(Duration.ofSeconds(1));
    connector.last().ready();

    assertThat(call.picked()).isSameAs(connector.last());
    assertThat(connector.dials).hasSize(3);
  }

  // Changes of the TLS material

  @Test
  void connectionIsReplacedWhenTheTlsMaterialChanges() {
    FakeTransport old = connect();

    connector.changeTls("a file");
    assertThat(harness.call().picked()).isSameAs(old);
    connector.last().ready();

    assertThat(harness.call().picked()).isSameAs(connector.last()).isNotSameAs(old);
    assertThat(old.terminated).isTrue();
    assertThat(states).isEmpty();
  }

  @Test
  void eachSubchannelReplacesItsConnection() {
    harness.policy("round_robin");
    harness.connect();
    harness.resolver.send(1, 2, 3);
    List.copyOf(connector.dials).forEach(FakeTransport::ready);

    connector.changeTls("a file");
    assertThat(connector.dials).hasSize(6);
    connector.dials.subList(3, 6).forEach(FakeTransport::ready);

    assertThat(connector.live()).isEqualTo(3);
    assertThat(harness.state()).isEqualTo(READY);
  }

  @Test
  void connectionThatWasDialedWithOlderMaterialIsReplacedOnceItIsReady() {
    harness.connect();
    harness.resolver.send(1);
    FakeTransport first = connector.last();

    connector.changeTls("a file");
    first.ready();
    assertThat(harness.call().picked()).isSameAs(first);
    assertThat(connector.dials).hasSize(2);
    connector.last().ready();

    assertThat(first.terminated).isTrue();
  }

  @Test
  void changesDuringAReplacementLeadToOneMore() {
    FakeTransport old = connect();

    connector.changeTls("a file");
    connector.changeTls("a file");
    connector.changeTls("a file");
    assertThat(connector.dials).hasSize(2);
    FakeTransport second = connector.last();
    second.ready();
    assertThat(old.terminated).isTrue();
    assertThat(harness.call().picked()).isSameAs(second);
    assertThat(connector.dials).hasSize(3);
    connector.last().ready();

    assertThat(second.terminated).isTrue();
    assertThat(connector.dials).hasSize(3);
  }

  @Test
  void attemptThatFailsWithOlderMaterialIsRepeatedAtOnce() {
    harness.connect();
    harness.resolver.send(1);

    connector.changeTls("a file");
    connector.last().fail("certificate expired");

    assertThat(connector.dials).hasSize(2);
    connector.last().ready();
    assertThat(harness.call().picked()).isSameAs(connector.last());
  }

  @Test
  void newMaterialEndsTheBackoff() {
    harness.connect();
    harness.resolver.send(1);
    connector.last().fail("certificate expired");
    assertThat(harness.state()).isEqualTo(TRANSIENT_FAILURE);

    connector.changeTls("a file");

    assertThat(connector.dials).hasSize(2);
    connector.last().ready();
    assertThat(harness.state()).isEqualTo(READY);
  }

  @Test
  void materialThatTheServerRefusesLeavesTheConnectionInUse() {
    FakeTransport old = connect();
    connector.changeTls("the PEM file ca.pem");

    for (int i = 0; i < 10; i++) {
      connector.last().fail("the server's certificate is for another host");
      harness.clock.advance(Duration.ofMinutes(3));
    }

    assertThat(harness.call().picked()).isSameAs(old);
    assertThat(states).isEmpty();
    assertThat(warnings.messages())
        .containsExactly("[fake:///server:1] A connection that was made before the TLS material"
            + " changed cannot be replaced by one with the material from the PEM file ca.pem:"
            + " it stays in use, and further attempts follow."
            + " the server's certificate is for another host");
  }

  @Test
  void laterMaterialIsTriedAtOnceAndReportedAnew() {
    FakeTransport old = connect();
    connector.changeTls("one file");
    connector.last().fail("the server's certificate is for another host");

    connector.changeTls("another file");
    assertThat(connector.dials).hasSize(3);
    connector.last().fail("no authority that this channel trusts has signed it");
    assertThat(warnings.messages()).hasSize(2);
    assertThat(warnings.messages().get(1)).contains("another file");
    connector.changeTls("a third file");
    connector.last().ready();

    assertThat(old.terminated).isTrue();
    assertThat(states).isEmpty();
  }

  @Test
  void idleChannelDoesNotConnectWhenTheTlsMaterialChanges() {
    harness.control();
    connector.changeTls("a file");
    connect();
    harness.control().execute(harness.control()::enterIdle);

    connector.changeTls("a file");

    assertThat(connector.dials).hasSize(1);
    assertThat(harness.state()).isEqualTo(IDLE);
  }

  // Requests of the application

  @Test
  void requestedReplacementTakesCallsWhenItIsReadyAndRunningCallsFinish() {
    FakeTransport old = connect();
    FakeStream stream = old.openStream();

    requestReplacement();
    assertThat(connector.dials).hasSize(2);
    assertThat(harness.call().picked()).isSameAs(old);
    connector.last().ready();

    assertThat(harness.call().picked()).isSameAs(connector.last());
    assertThat(old.draining).isTrue();
    assertThat(stream.endStatus).isNull();
    stream.close(Status.OK);
    assertThat(old.terminated).isTrue();
    assertThat(connector.dials).hasSize(2);
    assertThat(states).isEmpty();
  }

  @Test
  void requestsInARowLeadToOneReplacementEach() {
    connect();

    requestReplacement();
    requestReplacement();
    connector.last().ready();
    assertThat(connector.dials).hasSize(2);
    requestReplacement();
    connector.last().ready();

    assertThat(connector.dials).hasSize(3);
    assertThat(connector.live()).isEqualTo(1);
  }

  @Test
  void connectionThatIsBeingMadeIsNotReplacedByRequest() {
    harness.connect();
    harness.resolver.send(1);

    requestReplacement();
    connector.last().ready();

    assertThat(connector.dials).hasSize(1);
  }

  @Test
  void idleChannelDoesNotConnectByRequest() {
    requestReplacement();

    assertThat(connector.dials).isEmpty();
    assertThat(harness.state()).isEqualTo(IDLE);
  }

  @Test
  void eachRequestThatCannotBeFulfilledIsReportedOnce() {
    FakeTransport old = connect();
    requestReplacement();
    connector.last().fail("refused");
    harness.clock.advance(Duration.ofMinutes(3));
    connector.last().fail("refused");

    assertThat(warnings.messages())
        .containsExactly("[fake:///server:1] A connection that the application asked to replace"
            + " cannot be replaced: it stays in use, and further attempts follow. refused");
    assertThat(harness.call().picked()).isSameAs(old);
    harness.clock.advance(Duration.ofMinutes(3));
    connector.last().ready();
    assertThat(old.terminated).isTrue();
  }

  // Several connections to one address

  @Test
  void connectionsToOneAddressAreReplacedOneAfterTheOther() {
    ScalingHarness scaling = new ScalingHarness().maxConnections(3);
    FakeConnector dialer = scaling.channel.connector;
    FakeTransport first = scaling.connect(1);
    List<FakePick> calls = scaling.calls(3);
    FakeTransport second = scaling.ready(1);
    FakeTransport third = scaling.ready(1);
    calls.forEach(FakePick::open);

    dialer.changeTls("a file");
    assertThat(dialer.dials).hasSize(4);
    scaling.ready(1);
    assertThat(first.draining).isTrue();
    assertThat(second.draining).isFalse();
    scaling.ready(1);
    assertThat(second.draining).isTrue();
    assertThat(third.draining).isFalse();
    scaling.ready(1);

    assertThat(third.draining).isTrue();
    assertThat(dialer.dials).hasSize(6);
    assertThat(scaling.channel.state()).isEqualTo(READY);
    assertThat(scaling.call().picked()).isSameAs(dialer.dial(3));
  }

  @Test
  void callThatWaitsForASlotGetsOneOfTheReplacement() {
    ScalingHarness scaling = new ScalingHarness().maxConnections(2);
    FakeConnector dialer = scaling.channel.connector;
    FakeTransport first = scaling.connect(1);
    scaling.call().open();
    dialer.changeTls("a file");
    FakePick waiting = scaling.call();
    assertThat(waiting.isWaiting()).isTrue();

    scaling.ready(1);

    assertThat(waiting.picked()).isSameAs(dialer.dial(1));
    assertThat(first.draining).isTrue();
    assertThat(dialer.dials).as("no other call waits").hasSize(2);
  }

  @Test
  void replacementMayExceedTheMaximumByOne() {
    ScalingHarness scaling = new ScalingHarness().maxConnections(1);
    FakeTransport first = scaling.connect(1);
    FakeStream stream = scaling.call().open();
    FakeConnector dialer = scaling.channel.connector;

    dialer.changeTls("a file");
    scaling.ready(1);
    assertThat(dialer.live()).isEqualTo(2);
    stream.close(Status.OK);

    assertThat(first.terminated).isTrue();
    assertThat(dialer.live()).isEqualTo(1);
  }

  // Several at once

  @Test
  void ageAndNewMaterialTogetherLeadToOneReplacement() {
    FakeTransport old = connect();
    connector.changeTls("a file");
    harness.clock.advance(AGE);
    assertThat(connector.dials).hasSize(2);

    connector.last().ready();

    assertThat(old.terminated).isTrue();
    assertThat(connector.dials).hasSize(2);
  }

  @Test
  void goAwayDuringAReplacementHasCallsWaitForIt() {
    FakeTransport old = connect();
    connector.changeTls("a file");

    old.goAway();
    FakePick call = harness.call();
    assertThat(call.isWaiting()).isTrue();
    assertThat(connector.dials).hasSize(2);
    connector.last().ready();

    assertThat(call.picked()).isSameAs(connector.last());
    assertThat(harness.state()).isEqualTo(READY);
  }

  @Test
  void replacementThatSaysGoAwayAtOnceIsFollowedByAnother() {
    connect();
    connector.changeTls("a file");
    FakeTransport second = connector.last();
    harness.control().execute(() -> {
      second.ready();
      second.goAway();
    });

    FakePick call = harness.call();
    connector.last().ready();

    assertThat(call.picked()).isSameAs(connector.last()).isNotSameAs(second);
  }

  @Test
  void removalOfTheAddressEndsTheReplacement() {
    FakeTransport old = connect();
    FakeStream stream = old.openStream();
    connector.changeTls("a file");
    FakeTransport replacement = connector.last();

    harness.resolver.send(2);

    assertThat(replacement.terminated).isTrue();
    assertThat(old.draining).isTrue();
    stream.close(Status.OK);
    FakePick call = harness.call();
    connector.last().ready();
    assertThat(call.picked().port()).isEqualTo(2);
    assertThat(connector.live()).isEqualTo(1);
  }

  @Test
  void shutdownDuringAReplacementTerminates() {
    FakeTransport old = connect();
    FakeStream stream = old.openStream();
    connector.changeTls("a file");

    harness.shutdown();
    assertThat(connector.last().terminated).isTrue();
    assertThat(harness.isTerminated()).isFalse();
    stream.close(Status.OK);

    assertThat(harness.isTerminated()).isTrue();
    assertThat(harness.clock.pendingTimers()).isZero();
  }

  @Test
  void shutdownNowEndsReplacedConnections() {
    FakeTransport old = connect();
    old.openStream();
    replace();

    harness.shutdownNow();

    assertThat(old.terminated).isTrue();
    assertThat(harness.isTerminated()).isTrue();
    assertThat(harness.clock.pendingTimers()).isZero();
  }

  @Test
  void shutdownWhileTheReplacementBacksOffLeavesNoTimer() {
    connect();
    connector.changeTls("a file");
    connector.last().fail("refused");

    harness.shutdown();

    assertThat(harness.isTerminated()).isTrue();
    assertThat(harness.clock.pendingTimers()).isZero();
  }

  /** Records every state after READY. */
  private FakeTransport connect() {
    harness.connect();
    harness.resolver.send(1);
    connector.last().ready();
    assertThat(harness.state()).isEqualTo(READY);
    harness.control().tracker().onChangeFrom(READY, () -> states.add(harness.state()));
    return connector.last();
  }

  private void replace() {
    connector.changeTls("a file");
    connector.last().ready();
  }

  private void requestReplacement() {
    harness.control().execute(harness.control()::replaceConnections);
  }

  private void assertNextDialAfter(Duration delay) {
    int dials = connector.dials.size();
    harness.clock.advance(delay.minusNanos(1));
    assertThat(connector.dials).hasSize(dials);
    harness.clock.advance(Duration.ofNanos(1));
    assertThat(connector.dials).hasSize(dials + 1);
  }
}
