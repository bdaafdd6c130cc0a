// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.testing.FakeStream;
import dev.clientconn.testing.FakeTransport;
import dev.clientconn.transport.TransportListener;
import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.Status;
import io.grpc.util.ForwardingSubchannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SlotQueueTest {
  private final ScalingHarness harness = new ScalingHarness().maxConnections(2);

  @Conforms("A105")
  @Test
  void callsGetSlotsInTheOrderTheyCame() {
    harness.connect(1);
    FakeStream running = harness.call().open();
    List<FakePick> order = new ArrayList<>();
    List<FakePick> waiting = harness.calls(5);
    waiting.forEach(call -> call.onPicked = order::add);

    for (int i = 0; i < 5; i++) {
      running.close(Status.OK);
      running = waiting.get(i).open();
    }

    assertThat(order).isEqualTo(waiting);
  }

  @Test
  void newCallDoesNotPassThoseThatWait() {
    FakeTransport first = harness.connect(1);
    FakeStream running = harness.call().open();
    FakePick early = harness.call();
    FakePick[] late = new FakePick[1];
    // A call that starts while the slot is being granted, as from another thread.
    early.onPicked = granted -> late[0] = harness.call();

    running.close(Status.OK);

    assertThat(early.picked()).isSameAs(first);
    assertThat(Objects.requireNonNull(late[0]).isWaiting()).isTrue();
  }

  @Conforms("A105")
  @Test
  void slotOfACallWithoutAStreamGoesToTheNext() {
    harness.connect(1);
    FakePick withoutStream = harness.call();
    FakePick waiting = harness.call();

    given(withoutStream).releaseReservation();
    given(withoutStream).releaseReservation();

    assertThat(waiting.isWaiting()).isFalse();
    assertThat(harness.call().isWaiting()).as("released once").isTrue();
  }

  private static ClientTransport given(FakePick pick) {
    return Objects.requireNonNull(pick.given);
  }

  @Test
  void streamThatIsMadeAfterItsSlotWasReturnedIsCounted() {
    FakeTransport first = harness.connect(5);
    FakePick cancelled = harness.call();

    given(cancelled).releaseReservation();
    FakeStream late = cancelled.open();
    assertThat(first.slotsInUse()).isOne();
    late.cancel(Status.CANCELLED);

    assertThat(first.slotsInUse()).isZero();
  }

  @Test
  void callThatEndsBetweenTheTwoQueuesIsInNeither() {
    FakePolicy policy = new FakePolicy();
    policy.register();
    try {
      harness.policy(FakePolicy.NAME).connect(1);
      harness.call().open();
      policy.picker = args -> PickResult.withNoResult();
      policy.publish(ConnectivityState.READY);
      FakePick ended = harness.call();

      int[] calls = new int[1];
      Subchannel wrapped = new ForwardingSubchannel() {
        @Override
        protected Subchannel delegate() {
          return policy.subchannel();
        }

        @Override
        public Object getInternalSubchannel() {
          // First for the decision, then to queue the call for a slot.
          ended.over = ++calls[0] > 1;
          return delegate().getInternalSubchannel();
        }
      };
      policy.picker = args -> PickResult.withSubchannel(wrapped);
      policy.publish(ConnectivityState.READY);

      assertThat(ended.over).isTrue();
      assertThat(harness.waiting()).isZero();
    } finally {
      policy.deregister();
    }
  }

  @Test
  void manyCallsThatReturnTheirSlotAtOnceDoNotNest() {
    harness.connect(1);
    FakeStream running = harness.call().open();
    List<FakePick> waiting = harness.calls(20_000);
    waiting.forEach(call -> call.onPicked = pick -> given(pick).releaseReservation());

    running.close(Status.OK);

    assertThat(waiting).noneMatch(FakePick::isWaiting);
    assertThat(harness.dial(0).slotsInUse()).isZero();
    assertThat(harness.waiting()).isZero();
  }

  @Test
  void cancelledCallLeavesTheQueue() {
    harness.connect(1);
    FakeStream running = harness.call().open();
    FakePick bored = harness.call();
    FakePick patient = harness.call();
    harness.advance(Duration.ofMillis(3));

    assertThat(harness.cancel(bored)).isTrue();
    assertThat(harness.cancel(bored)).isFalse();
    assertThat(harness.waiting()).isOne();
    running.close(Status.OK);

    assertThat(bored.isWaiting()).isTrue();
    assertThat(patient.isWaiting()).isFalse();
    assertThat(harness.waits).containsExactly("CANCELLED 3 ms", "GRANTED 3 ms");
  }

  @Test
  void deadlineThatHasPassedIsReportedAsSuch() {
    harness.connect(1);
    harness.call();
    FakePick late = harness.call();
    harness.advance(Duration.ofMillis(7));
    late.deadlinePassed = true;

    assertThat(harness.channel.control().transports().waitsForSlot(late))
        .isEqualTo("a stream slot: 1 of at most 2 connections to 10.0.0.1/<unresolved>:1 have 1 of"
            + " 1 slots in use");
    harness.cancel(late);

    assertThat(harness.waits).containsExactly("DEADLINE 7 ms");
    assertThat(harness.channel.control().transports().waitsForSlot(late)).isNull();
  }

  @Test
  void callBeyondTheMostThatMayWaitFailsWithTheNumbers() {
    harness.maxPending = 2;
    harness.connect(1);
    harness.calls(3);
    harness.ready(1);
    FakePick last = harness.call();

    FakePick tooMany = harness.call();

    assertThat(last.isWaiting()).isTrue();
    assertThat(tooMany.failed().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(tooMany.failed().getDescription())
        .isEqualTo("No stream slot: 2 calls already wait; 2 of at most 2 connections to"
            + " 10.0.0.1/<unresolved>:1 have 2 of 2 slots in use. The options maxPendingStreams (2)"
            + " and maxConnectionsPerAddress raise the limits, the properties streams.max-pending"
            + " and connections.max with Spring");
    assertThat(harness.waits).containsExactly("GRANTED 0 ms", "REJECTED 0 ms");
  }

  @Test
  void anotherConnectionIsMadeAlsoWhereNoCallMayWait() {
    harness.maxPending = 0;
    harness.connect(1);
    harness.call();

    FakePick rejected = harness.call();
    FakeTransport second = harness.ready(1);

    assertThat(rejected.failed().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(harness.call().picked()).isSameAs(second);
  }

  @Test
  void queueThatOverflowsWhileTheConnectionIsLostEndsEveryCallOnce() {
    harness.maxPending = 3;
    FakeTransport only = harness.connect(1);
    harness.call().open();
    List<FakePick> calls = new ArrayList<>(harness.calls(3));

    harness.channel.control().execute(() -> {
      // The event loop is ahead of the sync context: calls find no connection, and no slot.
      only.fail("reset by peer");
      calls.addAll(harness.calls(4));
    });
    FakeTransport next = harness.ready(100);

    assertThat(calls.subList(0, 3)).allMatch(call -> call.picked() == next);
    assertThat(calls.subList(3, 7))
        .allSatisfy(
            call -> assertThat(call.failed().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
  }

  @Test
  void callThatEndsBetweenTwoQueuesIsInNeither() {
    FakeTransport only = harness.connect(1);
    harness.call().open();
    FakePick ended = harness.call();
    // Cancelled when it had left the one queue and not entered the other: nothing was removed.
    ended.over = true;

    only.fail("reset by peer");

    assertThat(harness.channel.control().waitingCalls()).isZero();
  }

  @Test
  void callFailsWhenItHasWaitedForTheTimeLimit() {
    harness.pendingTimeout = Duration.ofSeconds(5);
    harness.connect(0);
    FakePick first = harness.call();
    harness.advance(Duration.ofSeconds(3));
    FakePick second = harness.call();

    harness.advance(Duration.ofSeconds(2));
    assertThat(first.failed().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(first.failed().getDescription())
        .startsWith("No stream slot: the call has waited for 5000 ms (pendingStreamTimeout; the"
            + " property streams.pending-timeout with Spring); 1 of at most 2 connections");
    assertThat(second.isWaiting()).isTrue();
    harness.advance(Duration.ofSeconds(3));
    assertThat(second.failed().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);

    assertThat(harness.waits).containsExactly("TIMED_OUT 5000 ms", "TIMED_OUT 5000 ms");
    assertThat(harness.channel.clock.pendingTimers()).isZero();
  }

  @Test
  void timeLimitHoldsWithOneConnection() {
    harness.maxConnections = 1;
    harness.pendingTimeout = Duration.ofSeconds(5);
    harness.connect(1);
    harness.call().open();
    FakePick waiting = harness.call();

    harness.advance(Duration.ofSeconds(5));

    assertThat(waiting.failed().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(harness.dials()).isOne();
  }

  @Test
  void timeLimitDoesNotConcernCallsThatHaveTheirSlot() {
    harness.pendingTimeout = Duration.ofSeconds(5);
    harness.connect(1);
    FakeStream running = harness.call().open();
    FakePick waiting = harness.call();
    harness.advance(Duration.ofSeconds(4));

    running.close(Status.OK);
    harness.advance(Duration.ofSeconds(10));

    assertThat(waiting.isWaiting()).isFalse();
    assertThat(waiting.failure).isNull();
    assertThat(harness.channel.clock.pendingTimers()).isZero();
  }

  @Test
  void lostConnectionLeavesNoTimer() {
    harness.pendingTimeout = Duration.ofSeconds(5);
    FakeTransport only = harness.connect(0);
    harness.call();
    assertThat(harness.channel.clock.pendingTimers()).isOne();

    only.fail("reset by peer");

    assertThat(harness.channel.clock.pendingTimers()).isZero();
  }

  @Test
  void listenerThatThrowsIsCalledNoMoreAndCallsGoOn() {
    int[] called = {0};
    harness.listener = new TransportListener() {
      @Override
      public void streamSlotWaited(WaitOutcome outcome, long nanos) {
        called[0]++;
        throw new NoSuchMethodError("meter");
      }
    };
    FakeTransport only = harness.connect(0);
    List<FakePick> waiting = harness.calls(3);

    only.limit(3);

    assertThat(waiting).noneMatch(FakePick::isWaiting);
    assertThat(called[0]).isOne();
  }
}
