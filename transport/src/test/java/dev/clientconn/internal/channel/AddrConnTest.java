// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import static io.grpc.ConnectivityState.CONNECTING;
import static io.grpc.ConnectivityState.IDLE;
import static io.grpc.ConnectivityState.READY;
import static io.grpc.ConnectivityState.TRANSIENT_FAILURE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.testing.FakeConnector;
import dev.clientconn.testing.FakeStream;
import dev.clientconn.testing.FakeTransport;
import dev.clientconn.transport.ChannelTotals.ConnectOutcome;
import io.grpc.Status;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AddrConnTest {
  private final ChannelHarness harness = new ChannelHarness();
  private final FakeConnector connector = harness.connector;

  @Conforms("C020")
  @Test
  void triesEachAddressInOrderBeforeItFails() {
    harness.connect();
    harness.resolver.sendGroup(1, 2);

    connector.last().fail("refused");
    assertThat(harness.state()).isEqualTo(CONNECTING);
    assertThat(connector.last().port()).isEqualTo(2);
    connector.last().fail("unreachable");

    assertThat(harness.state()).isEqualTo(TRANSIENT_FAILURE);
    assertThat(connector.dials).hasSize(2);
    assertThat(harness.call().failed().getDescription())
        .isEqualTo("None of 2 addresses could be reached; the last one said: unreachable");
  }

  @Conforms({"C022", "C111"})
  @Test
  void backsOffLongerAfterEachFailure() {
    harness.connect();
    harness.resolver.send(1);

    connector.last().fail("refused");
    assertNextDialAfter(Duration.ofSeconds(1));
    connector.last().fail("refused");
    assertNextDialAfter(Duration.ofMillis(1600));
    connector.last().fail("refused");
    assertNextDialAfter(Duration.ofMillis(2560));
  }

  @Conforms("C021")
  @Test
  void timeSpentConnectingCountsAsBackoff() {
    harness.connect();
    harness.resolver.send(1);

    harness.clock.advance(Duration.ofMillis(700));
    connector.last().fail("refused");
    assertNextDialAfter(Duration.ofMillis(300));
    harness.clock.advance(Duration.ofSeconds(20));
    connector.last().fail("timed out");

    harness.clock.advance(Duration.ZERO);
    assertThat(connector.dials).hasSize(3);
  }

  @Test
  void aConnectionThatEndsBeforeItIsKnownToBeReadyTakesNoCall() {
    harness.connect();
    harness.resolver.send(1);
    FakePick call = harness.call();
    FakeTransport lost = connector.last();

    harness.control().execute(() -> {
      // Both on the event loop, while the control plane is busy.
      lost.ready();
      lost.fail("reset by peer");
    });

    assertThat(call.isWaiting()).isTrue();
    harness.connect();
    connector.last().ready();
    assertThat(call.picked()).isSameAs(connector.last()).isNotSameAs(lost);
  }

  @Test
  void aConnectionThatDrainsBeforeItIsKnownToBeReadyTakesNoCall() {
    harness.connect();
    harness.resolver.send(1);
    FakePick call = harness.call();
    FakeTransport leaving = connector.last();

    harness.control().execute(() -> {
      leaving.ready();
      leaving.goAway();
    });

    assertThat(call.transport).isNotSameAs(leaving);
  }

  @Conforms("C023")
  @Test
  void successResetsTheBackoff() {
    harness.connect();
    harness.resolver.send(1);
    connector.last().fail("refused");
    assertNextDialAfter(Duration.ofSeconds(1));
    connector.last().ready();
    connector.last().fail("reset by peer");
    assertThat(harness.state()).isEqualTo(IDLE);

    harness.connect();
    connector.last().fail("refused");

    assertNextDialAfter(Duration.ofSeconds(1));
  }

  @Conforms("C023")
  @Test
  void resetOfTheBackoffDialsAtOnce() {
    harness.connect();
    harness.resolver.send(1);
    connector.last().fail("refused");

    harness.control().execute(harness.control()::resetBackoff);

    assertThat(connector.dials).hasSize(2);
    assertThat(harness.clock.pendingTimers()).isZero();
  }

  @Conforms({"C010", "C112"})
  @Test
  void lostConnectionMakesItIdleAtTheFirstAddressAndAsksTheResolver() {
    harness.connect();
    harness.resolver.sendGroup(1, 2);
    connector.last().fail("refused");
    connector.last().ready();
    assertThat(harness.state()).isEqualTo(READY);

    connector.last().fail("reset by peer");

    assertThat(harness.state()).isEqualTo(IDLE);
    assertThat(harness.refreshes()).isEqualTo(1);
    FakePick call = harness.call();
    assertThat(connector.last().port()).isEqualTo(1);
    connector.last().ready();
    assertThat(call.picked()).isSameAs(connector.last());
  }

  @Conforms({"T181", "C010", "C032"})
  @Test
  void drainingConnectionFinishesItsCallsWhileTheNextCallGetsANewOne() {
    harness.connect();
    harness.resolver.send(1);
    FakeTransport old = connector.last();
    old.ready();
    FakeStream stream = old.openStream();

    old.goAway();
    assertThat(harness.state()).isEqualTo(IDLE);
    FakePick call = harness.call();
    connector.last().ready();

    assertThat(call.picked()).isNotSameAs(old);
    assertThat(old.terminated).isFalse();
    assertThat(harness.control().subchannels().snapshot())
        .singleElement()
        .satisfies(subchannel -> assertThat(subchannel.connections()).hasSize(2));
    stream.close(Status.OK);
    assertThat(old.terminated).isTrue();
    assertThat(harness.control().subchannels().snapshot())
        .singleElement()
        .satisfies(subchannel -> assertThat(subchannel.connections()).hasSize(1));
  }

  @Test
  void refusedCallDoesNotFindTheDrainingTransportAgain() {
    harness.connect();
    harness.resolver.send(1);
    FakeTransport old = connector.last();
    old.ready();
    FakePick[] retry = new FakePick[1];

    // Another thread runs the sync context, so that the event loop's task for the GOAWAY is queued.
    harness.control().execute(() -> {
      old.goAway();
      retry[0] = harness.call();
    });

    assertThat(retry[0].isWaiting()).isTrue();
    connector.last().ready();
    assertThat(retry[0].picked()).isNotSameAs(old);
  }

  @Conforms("C024")
  @Test
  void connectionThatIsReadyAndGoneAtOnceCountsAsSuccess() {
    harness.connect();
    harness.resolver.send(1);

    harness.control().execute(() -> {
      connector.last().ready();
      connector.last().fail("reset by peer");
    });

    assertThat(harness.state()).isEqualTo(IDLE);
    assertThat(harness.clock.pendingTimers()).as("no backoff").isZero();
  }

  @Conforms({"C026", "C114"})
  @Test
  void addressUpdateKeepsAConnectionWhoseAddressIsStillListed() {
    harness.connect();
    harness.resolver.send(1, 2);
    connector.last().ready();

    harness.resolver.send(3, 1);

    assertThat(harness.state()).isEqualTo(READY);
    assertThat(connector.dials).hasSize(1);
    assertThat(harness.call().picked().port()).isEqualTo(1);
  }

  @Conforms({"C026", "C027"})
  @Test
  void addressUpdateReplacesAConnectionWhoseAddressIsGone() {
    harness.connect();
    harness.resolver.send(1);
    connector.last().ready();

    harness.resolver.send(2);
    FakePick call = harness.call();
    connector.last().ready();

    assertThat(call.picked().port()).isEqualTo(2);
    assertThat(connector.dial(0).terminated).isTrue();
  }

  @Conforms({"C026", "C025"})
  @Test
  void addressUpdateRestartsAnAttemptWhoseAddressIsGone() {
    harness.connect();
    harness.resolver.send(1);

    harness.resolver.send(2);

    assertThat(connector.dial(0).terminated).isTrue();
    assertThat(connector.last().port()).isEqualTo(2);
    assertThat(harness.state()).isEqualTo(CONNECTING);
  }

  @Conforms("C021")
  @Test
  void connectorThatThrowsFailsTheAttemptAndNotTheChannel() {
    connector.throwsOnConnect = true;
    harness.connect();
    harness.resolver.send(1);

    assertThat(harness.state()).isEqualTo(TRANSIENT_FAILURE);
    assertThat(harness.call().failed().getDescription()).contains("no such address type");
    assertThat(harness.recorder.totals().attempts())
        .as("counted as every other attempt that fails")
        .containsOnlyKeys(ConnectOutcome.OTHER);
    assertThat(harness.recorder.events())
        .anySatisfy(event -> assertThat(event.text()).contains("no such address type"));
    connector.throwsOnConnect = false;
    assertNextDialAfter(Duration.ofSeconds(1));
  }

  private void assertNextDialAfter(Duration delay) {
    int before = connector.dials.size();
    harness.clock.advance(delay.minusNanos(1));
    assertThat(connector.dials).hasSize(before);
    harness.clock.advance(Duration.ofNanos(1));
    assertThat(connector.dials).hasSize(before + 1);
  }
}
