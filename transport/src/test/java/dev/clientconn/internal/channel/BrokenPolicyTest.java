// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import static io.grpc.ConnectivityState.READY;
import static io.grpc.ConnectivityState.TRANSIENT_FAILURE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.testing.Throwing;
import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.Status.Code;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A policy that throws fails the channel's calls with the cause; a picker that throws, its own call
 * alone.
 */
class BrokenPolicyTest {
  private final FakePolicy policy = new FakePolicy();
  private final ChannelHarness harness = new ChannelHarness().policy(FakePolicy.NAME);

  @BeforeEach
  void register() {
    policy.register();
  }

  @AfterEach
  void deregister() {
    policy.deregister();
  }

  static Stream<Throwable> failures() {
    return Stream.of(new IllegalStateException("broken"), new NoSuchMethodError("broken"));
  }

  static Stream<Arguments> methodsAndFailures() {
    return Stream.of("newLoadBalancer", "acceptResolvedAddresses", "onSubchannelState")
        .flatMap(method -> failures().map(failure -> Arguments.of(method, failure)));
  }

  @ParameterizedTest
  @MethodSource("methodsAndFailures")
  void aPolicyThatThrowsFailsTheCallsThatWaitAndLaterOnes(String method, Throwable broken) {
    policy.throwFrom(method, broken);
    FakePick patient = harness.waitForReadyCall();

    harness.resolver.send(1);

    assertPanicked(patient, broken);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aPolicyThatCannotBeShutDownEitherFailsTheCallsAllTheSame(Throwable broken) {
    policy.throwFrom("acceptResolvedAddresses", broken);
    policy.throwFrom("shutdown", new NoClassDefFoundError("shutdown"));
    FakePick patient = harness.waitForReadyCall();

    harness.resolver.send(1);

    assertPanicked(patient, broken);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aPolicyThatThrowsAtAResolutionErrorFailsTheCalls(Throwable broken) {
    policy.throwFrom("handleNameResolutionError", broken);
    policy.returnsNull = true;
    FakePick patient = harness.waitForReadyCall();
    harness.resolver.send(1);

    harness.resolver.last().fail("no DNS");

    assertPanicked(patient, broken);
  }

  @Conforms("C040")
  @Test
  void pickOfAnIdleSubchannelConnectsItAndWaits() {
    harness.call();
    harness.resolver.send(1);
    harness.connector.last().ready();
    // The policy keeps its picker, and does not ask for another connection.
    harness.connector.last().goAway();
    int before = harness.connector.dials.size();

    FakePick call = harness.waitForReadyCall();
    assertThat(harness.connector.dials).hasSize(before + 1);
    harness.connector.last().ready();

    assertThat(call.picked()).isSameAs(harness.connector.last());
  }

  @Test
  void aPolicyWithoutAPickerIsBroken() {
    policy.picker = null;
    FakePick patient = harness.waitForReadyCall();

    harness.resolver.send(1);
    harness.connector.last().ready();

    assertThat(patient.failed().getCode()).isEqualTo(Code.INTERNAL);
    assertThat(patient.failed().getCause()).isInstanceOf(NullPointerException.class);
  }

  @Test
  void aPolicyThatReturnsNoStatusIsCalledAgain() {
    policy.returnsNull = true;
    harness.call();

    harness.resolver.send(1);

    assertThat(harness.clock.pendingTimers()).as("the next resolution").isOne();
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aPolicyThatThrowsFromShutdownLeavesNoConnectionBehind(Throwable broken) {
    connect();
    policy.throwFrom("shutdown", broken);

    harness.control().execute(harness.control()::enterIdle);
    assertThat(harness.connector.live()).isZero();
    FakePick next = harness.call();
    connect();
    assertThat(next.picked()).isSameAs(harness.connector.last());

    harness.endCall();
    harness.shutdown();
    assertThat(harness.isTerminated()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aPickerThatThrowsFailsItsCallAlone(Throwable broken) {
    connect();
    policy.picker = args -> {
      throw Throwing.raise(broken);
    };
    policy.publish(READY);
    FakePick call = harness.waitForReadyCall();
    policy.picker = args -> PickResult.withSubchannel(policy.subchannel());
    policy.publish(READY);

    assertThat(call.failed().getCode()).isEqualTo(Code.INTERNAL);
    assertThat(call.failed().getCause()).isSameAs(broken);
    assertThat(harness.call().picked()).isSameAs(harness.connector.last());
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aPickerThatThrowsForACallThatWaitsFailsThatCallAlone(Throwable broken) {
    connect();
    policy.picker = args -> PickResult.withNoResult();
    policy.publish(ConnectivityState.CONNECTING);
    FakePick first = harness.call();
    FakePick second = harness.call();
    policy.picker = args -> {
      if (second.isWaiting() && !first.isWaiting()) {
        return PickResult.withSubchannel(policy.subchannel());
      }
      throw Throwing.raise(broken);
    };

    policy.publish(READY);

    assertThat(first.failed().getCause()).isSameAs(broken);
    assertThat(second.picked()).isSameAs(harness.connector.last());
  }

  @Test
  void aPickerThatReturnsNullFailsItsCall() {
    connect();
    policy.picker = FakePolicy.NULL_PICKER;
    policy.publish(READY);

    FakePick call = harness.waitForReadyCall();

    assertThat(call.failed().getCode()).isEqualTo(Code.INTERNAL);
    assertThat(call.failed().getDescription()).contains("returned null");
  }

  private void connect() {
    harness.connect();
    harness.resolver.send(1);
    harness.connector.last().ready();
  }

  private void assertPanicked(FakePick patient, Throwable broken) {
    assertThat(patient.failed().getCode()).isEqualTo(Code.INTERNAL);
    assertThat(patient.failed().getCause()).isSameAs(broken);
    assertThat(harness.state()).isEqualTo(TRANSIENT_FAILURE);
    assertThat(harness.call().failed().getCause()).isSameAs(broken);
    assertThat(harness.control().gate().isDirect())
        .as("no call waits for a config")
        .isTrue();
    assertThat(harness.resolver.last().shutdown).isTrue();
    assertThat(harness.clock.pendingTimers()).isZero();
    harness.endCall();
    harness.endCall();
    harness.shutdownNow();
    assertThat(harness.isTerminated()).isTrue();
    assertThat(harness.connector.live()).isZero();
  }
}
