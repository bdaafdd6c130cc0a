// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import static io.grpc.ConnectivityState.CONNECTING;
import static io.grpc.ConnectivityState.IDLE;
import static io.grpc.ConnectivityState.READY;
import static io.grpc.ConnectivityState.SHUTDOWN;
import static io.grpc.ConnectivityState.TRANSIENT_FAILURE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.testing.FakeConnector;
import dev.clientconn.testing.FakeStream;
import dev.clientconn.testing.FakeTransport;
import io.grpc.ConnectivityState;
import io.grpc.NameResolver.ResolutionResult;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChannelCoreTest {
  private final ChannelHarness harness = new ChannelHarness();
  private final FakeConnector connector = harness.connector;

  @Conforms("C002")
  @Test
  void newChannelIsIdleAndDoesNothing() {
    assertThat(harness.state()).isEqualTo(IDLE);
    assertThat(harness.resolver.last().started).isFalse();
    assertThat(harness.clock.pendingTimers()).isZero();
  }

  @Conforms("C004")
  @Test
  void firstCallResolvesConnectsAndIsPicked() {
    FakePick call = harness.call();
    assertThat(harness.state()).isEqualTo(CONNECTING);
    harness.resolver.send(1);
    assertThat(call.isWaiting()).isTrue();
    connector.last().ready();

    assertThat(call.picked()).isSameAs(connector.last());
    assertThat(harness.state()).isEqualTo(READY);
    assertThat(harness.call().picked()).as("the next one needs no hop").isSameAs(connector.last());
  }

  @Test
  void dnsTargetsWork() {
    ChannelHarness dns = new ChannelHarness().target("dns:///127.0.0.1:50051");

    FakePick call = dns.call();
    dns.connector.last().ready();

    assertThat(call.picked().port()).isEqualTo(50051);
    assertThat(dns.control().authority()).isEqualTo("127.0.0.1:50051");
  }

  @Conforms("C142")
  @Test
  void namesWithoutPortGetTheDefaultOne() {
    ChannelHarness dns = new ChannelHarness().target("127.0.0.1");

    dns.connect();

    assertThat(dns.connector.last().port()).isEqualTo(80);
  }

  @Conforms("C120")
  @Test
  void roundRobinSpreadsCallsEvenly() {
    ChannelHarness two =
        new ChannelHarness().target("static://10.0.0.1:1,10.0.0.2:2").policy("round_robin");
    two.connect();
    List.copyOf(two.connector.dials).forEach(FakeTransport::ready);

    Map<Integer, Integer> calls = new HashMap<>();
    for (int i = 0; i < 10; i++) {
      calls.merge(two.call().picked().port(), 1, Integer::sum);
    }

    assertThat(calls).containsOnly(Map.entry(1, 5), Map.entry(2, 5));
  }

  @Conforms({"C143", "C006"})
  @Test
  void failedResolutionFailsFastCallsAndIsRetriedWithBackoff() {
    FakePick failFast = harness.call();
    FakePick patient = harness.waitForReadyCall();

    harness.resolver.last().fail("no DNS");
    assertThat(failFast.failed().getDescription()).isEqualTo("no DNS");
    assertThat(patient.isWaiting()).isTrue();

    harness.clock.advance(Duration.ofMillis(999));
    assertThat(harness.refreshes()).isZero();
    harness.clock.advance(Duration.ofMillis(1));
    assertThat(harness.refreshes()).isEqualTo(1);
    harness.resolver.last().fail("no DNS");
    harness.clock.advance(Duration.ofMillis(1600));
    assertThat(harness.refreshes()).isEqualTo(2);
    harness.resolver.send(1);
    connector.last().ready();
    assertThat(patient.picked()).isSameAs(connector.last());
  }

  @Test
  void emptyAddressListFailsCallsAndIsRetried() {
    FakePick call = harness.call();

    Status status = harness.resolver.send();

    assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(call.failed().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(harness.clock.pendingTimers()).isEqualTo(1);
  }

  @Conforms("C114")
  @Test
  void failedReResolutionLeavesPickFirstItsConnection() {
    connectAndEndACall();

    harness.resolver.last().fail("no DNS");

    assertThat(harness.state()).isEqualTo(READY);
    assertThat(harness.call().picked()).isSameAs(connector.last());
    assertThat(connector.last().terminated).isFalse();
    harness.clock.advance(Duration.ofSeconds(1));
    assertThat(harness.refreshes()).as("tried again with backoff").isEqualTo(1);
  }

  @Test
  void resultThatIsAnErrorLeavesPickFirstItsConnection() {
    connectAndEndACall();

    Status status = harness
        .resolver
        .last()
        .send(ResolutionResult.newBuilder()
            .setAddressesOrError(StatusOr.fromStatus(Status.UNAVAILABLE.withDescription("no DNS")))
            .build());

    assertThat(status.getDescription()).isEqualTo("no DNS");
    assertThat(harness.call().picked()).isSameAs(connector.last());
  }

  @Test
  void connectionThatIsLostAfterAFailedResolutionIsMadeAgainToTheKnownAddress() {
    connectAndEndACall();
    harness.resolver.last().fail("no DNS");

    connector.last().fail("reset by peer");
    FakePick call = harness.call();
    connector.last().ready();

    assertThat(call.picked()).isSameAs(connector.dial(1));
    assertThat(call.picked().port()).isEqualTo(1);
  }

  @Conforms("C031")
  @Test
  void callsNameTheFailedResolutionWhereTheKnownAddressesFailToo() {
    connectAndEndACall();
    harness.resolver.last().fail("no DNS");
    connector.last().fail("reset by peer");

    FakePick before = harness.call();
    connector.last().fail("refused");
    harness.resolver.last().fail("still no DNS");

    String both = "refused; the last name resolution failed, too: ";
    assertThat(before.failed().getDescription()).endsWith(both + "no DNS");
    assertThat(harness.call().failed().getDescription()).endsWith(both + "still no DNS");
    harness.resolver.send(1);
    assertThat(harness.call().failed().getDescription()).endsWith("refused");
  }

  @Conforms("C023")
  @Test
  void resetOfTheBackoffResolvesAtOnceAfterASuccessToo() {
    connectAndEndACall();

    harness.control().execute(harness.control()::resetBackoff);

    assertThat(harness.refreshes()).isEqualTo(1);
  }

  @Test
  void resetOfTheBackoffOfAnIdleChannelDoesNothing() {
    harness.control().execute(harness.control()::resetBackoff);

    assertThat(harness.resolver.last().started).isFalse();
    assertThat(harness.refreshes()).isZero();
  }

  @Test
  void resetOfTheBackoffResolvesAtOnce() {
    harness.connect();
    harness.resolver.last().fail("no DNS");

    harness.control().execute(harness.control()::resetBackoff);

    assertThat(harness.refreshes()).isEqualTo(1);
    assertThat(harness.clock.pendingTimers()).isZero();
  }

  @Conforms("C047")
  @Test
  void watcherIsNotifiedOnceAndFindsThePicker() {
    List<ConnectivityState> seen = new ArrayList<>();
    harness.connect();
    harness.resolver.send(1);
    harness.control().tracker().onChangeFrom(CONNECTING, () -> {
      seen.add(harness.state());
      assertThat(harness.call().isWaiting()).as("READY without its picker").isFalse();
    });

    connector.last().ready();
    connector.last().fail("reset by peer");

    assertThat(seen).containsExactly(READY);
  }

  @Test
  void watcherOfAnOldStateIsNotifiedAtOnce() {
    List<ConnectivityState> seen = new ArrayList<>();

    harness.control().tracker().onChangeFrom(READY, () -> seen.add(harness.state()));

    assertThat(seen).containsExactly(IDLE);
  }

  @Conforms("C008")
  @Test
  void goesIdleAfterItsTimeoutAndComesBackWithTheNextCall() {
    harness.idleTimeout(Duration.ofMinutes(1));
    connectAndEndACall();

    harness.clock.advance(Duration.ofSeconds(59));
    assertThat(harness.state()).isEqualTo(READY);
    harness.clock.advance(Duration.ofSeconds(16));

    assertThat(harness.state()).isEqualTo(IDLE);
    assertThat(connector.last().terminated).isTrue();
    assertThat(harness.resolver.last().shutdown).isTrue();
    assertThat(harness.clock.pendingTimers()).isZero();
    FakePick call = harness.call();
    assertThat(harness.resolver.resolvers).hasSize(2);
    harness.resolver.send(1);
    connector.last().ready();
    assertThat(call.picked()).isSameAs(connector.dial(1));
  }

  @Test
  void aLookForIdlenessThatComesLateIsNotTakenForThatOfTheNextLife() {
    harness.idleTimeout(Duration.ofMinutes(1));
    connectAndEndACall();

    harness.control().execute(() -> {
      // The timer fires in this task, so what it executes runs after this task.
      harness.clock.advance(Duration.ofSeconds(15));
      harness.control().enterIdle();
      harness.control().exitIdle();
    });

    assertThat(harness.clock.pendingTimers()).isEqualTo(1);
  }

  @Conforms({"J17", "C009"})
  @Test
  void doesNotGoIdleWhileACallIsLive() {
    harness.idleTimeout(Duration.ofMinutes(1));
    FakePick call = harness.call();
    harness.resolver.send(1);
    connector.last().ready();

    harness.clock.advance(Duration.ofHours(1));

    assertThat(call.picked().terminated).isFalse();
    assertThat(harness.state()).isEqualTo(READY);
  }

  @Conforms("C009")
  @Test
  void callsBetweenTwoLooksCountAsActivity() {
    harness.idleTimeout(Duration.ofMinutes(1));
    connectAndEndACall();

    for (int i = 0; i < 10; i++) {
      harness.clock.advance(Duration.ofSeconds(50));
      harness.call();
      harness.endCall();
    }

    assertThat(harness.state()).isEqualTo(READY);
    assertThat(connector.dials).hasSize(1);
  }

  @Conforms("C008")
  @Test
  void enterIdleWithCallsWaitingStartsAgain() {
    FakePick call = harness.call();

    harness.control().execute(harness.control()::enterIdle);

    assertThat(harness.resolver.resolvers).hasSize(2);
    harness.resolver.send(1);
    connector.last().ready();
    assertThat(call.picked()).isSameAs(connector.last());
  }

  @Test
  void resultOfAResolverThatWasReplacedIsIgnored() {
    harness.connect();
    FakeResolver.Resolver old = harness.resolver.last();
    harness.control().execute(harness.control()::enterIdle);
    harness.connect();

    old.fail("late");

    assertThat(harness.state()).isEqualTo(CONNECTING);
    assertThat(harness.clock.pendingTimers()).isZero();
  }

  @Test
  void uncaughtExceptionFailsAllCallsWithItsCause() {
    IllegalStateException bug = new IllegalStateException("bug");
    FakePick patient = harness.waitForReadyCall();

    harness.control().execute(() -> {
      throw bug;
    });

    assertThat(patient.failed().getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(patient.failed().getCause()).isSameAs(bug);
    assertThat(harness.state()).isEqualTo(TRANSIENT_FAILURE);
    assertThat(harness.call().failed().getCause()).isSameAs(bug);
    harness.endCall();
    harness.endCall();
    harness.shutdown();
    assertThat(harness.isTerminated()).isTrue();
  }

  @Test
  void uncaughtExceptionAtTheEndDoesNotKeepTheChannelFromEnding() {
    harness.connect();
    harness.resolver.send(1, 2);
    connector.last().ready();
    harness.resolver.throwsOnShutdown = new IllegalStateException("bug");

    harness.shutdown();

    assertThat(harness.isTerminated()).isTrue();
    assertThat(connector.live()).isZero();
    assertThat(connector.closed).isEqualTo(1);
    assertThat(harness.released).isEqualTo(1);
  }

  @Test
  void uncaughtExceptionClosesTheConnections() {
    harness.connect();
    harness.resolver.send(1);
    connector.last().ready();

    harness.control().execute(() -> {
      throw new IllegalStateException("bug");
    });

    assertThat(connector.live()).isZero();
    assertThat(harness.resolver.last().shutdown).isTrue();
  }

  @Test
  void watcherWhoseExecutorRefusesItDoesNotStopTheChannel() {
    harness.control().tracker().onChangeFrom(IDLE, () -> {
      throw new java.util.concurrent.RejectedExecutionException("shut down");
    });

    harness.shutdown();

    assertTerminatedOnce();
  }

  @Test
  void shutdownOfAnIdleChannelTerminatesAtOnce() {
    harness.shutdown();

    assertTerminatedOnce();
    assertThat(harness.state()).isEqualTo(SHUTDOWN);
  }

  @Test
  void shutdownLetsStartedCallsFinish() {
    FakePick call = harness.call();
    harness.resolver.send(1);

    harness.shutdown();
    connector.last().ready();
    assertThat(call.picked()).as("a call that waited at shutdown").isSameAs(connector.last());
    assertThat(harness.isTerminated()).isFalse();
    assertThat(connector.closed).isZero();

    harness.endCall();
    assertTerminatedOnce();
  }

  @Test
  void terminationWaitsForADrainingConnection() {
    harness.connect();
    harness.resolver.send(1);
    connector.last().ready();
    FakeStream stream = connector.last().openStream();
    connector.last().goAway();

    harness.shutdown();
    assertThat(harness.isTerminated()).isFalse();
    assertThat(connector.closed).isZero();

    stream.close(Status.OK);
    assertTerminatedOnce();
  }

  @Test
  void shutdownNowFailsWaitingCallsAndClosesConnections() {
    harness.connect();
    harness.resolver.send(1);
    connector.last().ready();
    connector.last().openStream();
    connector.last().goAway();
    FakePick waiting = harness.waitForReadyCall();

    harness.shutdownNow();

    assertThat(waiting.failed().getDescription()).isEqualTo("Channel shutdownNow invoked");
    assertThat(connector.live()).isZero();
    assertThat(harness.isTerminated()).as("the waiting call has not ended").isFalse();
    harness.endCall();
    assertTerminatedOnce();
  }

  @Conforms("C007")
  @Test
  void shutdownNowAfterShutdownEndsTheRest() {
    FakePick call = harness.waitForReadyCall();
    harness.shutdown();
    assertThat(call.isWaiting()).isTrue();

    harness.shutdownNow();
    harness.endCall();

    assertThat(call.failed().getDescription()).isEqualTo("Channel shutdownNow invoked");
    assertTerminatedOnce();
  }

  @Test
  void pickAfterTheEndFails() {
    harness.shutdown();

    assertThat(harness.waitForReadyCall().failed().getDescription())
        .isEqualTo("Channel shutdown invoked");
  }

  @Test
  void shutdownDuringBackoffLeavesNoTimer() {
    harness.connect();
    harness.resolver.send(1);
    connector.last().fail("refused");
    harness.resolver.last().fail("no DNS");

    harness.shutdown();

    assertThat(harness.clock.pendingTimers()).isZero();
    assertTerminatedOnce();
  }

  private void connectAndEndACall() {
    harness.call();
    harness.resolver.send(1);
    connector.last().ready();
    harness.endCall();
  }

  private void assertTerminatedOnce() {
    assertThat(harness.isTerminated()).isTrue();
    assertThat(connector.closed).isEqualTo(1);
    assertThat(harness.released).isEqualTo(1);
    assertThat(connector.live()).isZero();
    assertThat(harness.resolver.last().shutdown).isTrue();
    assertThat(harness.clock.pendingTimers()).isZero();
  }
}
