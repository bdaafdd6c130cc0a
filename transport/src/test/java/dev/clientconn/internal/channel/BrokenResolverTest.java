// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.testing.Throwing;
import io.grpc.Status.Code;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A resolver that throws has failed to resolve: calls end with the cause, and another resolver
 * tries again.
 */
class BrokenResolverTest {
  private final ChannelHarness harness = new ChannelHarness();
  private final FakeResolver resolver = harness.resolver;

  static Stream<Throwable> failures() {
    return Stream.of(new IllegalStateException("broken"), new NoClassDefFoundError("broken"));
  }

  @Conforms("C003")
  @ParameterizedTest
  @MethodSource("failures")
  void aResolverThatThrowsFromStartIsReplacedAfterABackoff(Throwable broken) {
    resolver.throwsOnStart = broken;

    FakePick failFast = harness.call();
    FakePick patient = harness.waitForReadyCall();

    assertThat(failFast.failed().getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(failFast.failed().getCause()).isSameAs(broken);
    resolver.throwsOnStart = null;
    harness.clock.advance(Duration.ofSeconds(1));
    assertThat(resolver.resolvers).hasSize(2);
    assertThat(resolver.resolvers.get(0).shutdown).isTrue();
    assertIsServed(patient);
  }

  @Conforms("C003")
  @ParameterizedTest
  @MethodSource("failures")
  void aResolverThatCannotBeMadeAgainIsMadeAfterABackoff(Throwable broken) {
    harness.connect();
    harness.control().execute(harness.control()::enterIdle);
    resolver.throwsOnMake = broken;

    FakePick patient = harness.waitForReadyCall();
    assertThat(harness.call().failed().getCause()).isSameAs(broken);
    resolver.throwsOnMake = null;
    harness.clock.advance(Duration.ofSeconds(1));

    assertIsServed(patient);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aResolverThatThrowsInPlaceOfAnAuthorityIsShutDown(Throwable broken) {
    resolver.throwsOnAuthority = broken;

    assertThatThrownBy(harness::control).isSameAs(broken);

    assertThat(resolver.last().shutdown).isTrue();
  }

  @Test
  void aResolverWithoutAnAuthorityIsShutDown() {
    resolver.authority = null;

    assertThatThrownBy(harness::control).hasMessageEndingWith("has no authority");

    assertThat(resolver.last().shutdown).isTrue();
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aResolverThatThrowsFromRefreshIsReplaced(Throwable broken) {
    harness.connect();
    resolver.last().fail("no DNS");
    FakePick patient = harness.waitForReadyCall();
    resolver.throwsOnRefresh = broken;

    harness.clock.advance(Duration.ofSeconds(1));
    assertThat(harness.call().failed().getCause()).isSameAs(broken);
    harness.clock.advance(Duration.ofSeconds(2));

    assertThat(resolver.resolvers).hasSize(2);
    assertIsServed(patient);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aLookUpThatThrowsInTheOffloadExecutorFailsTheCalls(Throwable broken) {
    FakePick failFast = harness.call();
    FakePick patient = harness.waitForReadyCall();

    resolver.lookUp(() -> {
      throw Throwing.raise(broken);
    });

    assertThat(failFast.failed().getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(failFast.failed().getCause()).isSameAs(broken);
    harness.clock.advance(Duration.ofSeconds(1));
    assertIsServed(patient);
  }

  @Test
  void aLookUpOfAResolverThatWasReplacedCountsNoMore() {
    harness.connect();
    harness.offload = lookUp -> {
      harness.control().execute(harness.control()::enterIdle);
      harness.connect();
      lookUp.run();
    };

    resolver.lookUp(() -> {
      throw new IllegalStateException("late");
    });

    assertThat(harness.call().isWaiting()).isTrue();
    assertThat(harness.clock.pendingTimers()).isZero();
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.ValueSource(
      strings = {"dns:///127.0.0.1:1", "static://127.0.0.1:1"})
  void anOffloadExecutorThatRejectsOnceDelaysTheResolution(String target) {
    harness.target(target);
    harness.offload = lookUp -> {
      throw new RejectedExecutionException("full");
    };

    FakePick failFast = harness.call();
    FakePick patient = harness.waitForReadyCall();
    assertThat(failFast.failed().getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(failFast.failed().getCause()).isInstanceOf(RejectedExecutionException.class);
    harness.offload = Runnable::run;
    harness.clock.advance(Duration.ofSeconds(1));
    harness.connector.last().ready();

    assertThat(patient.picked()).isSameAs(harness.connector.last());
  }

  @Test
  void nullInPlaceOfAResultIsAFailure() {
    FakePick call = harness.call();

    resolver.sendNull();

    assertThat(call.failed().getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(harness.clock.pendingTimers()).as("the next try").isOne();
  }

  @Test
  void okInPlaceOfAnErrorIsAFailure() {
    FakePick call = harness.call();

    resolver.last().failWithOk();

    assertThat(call.failed().getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(harness.clock.pendingTimers()).as("the next try").isOne();
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aResolverThatThrowsFromShutdownDoesNotStopTheChannel(Throwable broken) {
    harness.connect();
    resolver.send(1);
    harness.connector.last().ready();
    resolver.throwsOnShutdown = broken;

    harness.control().execute(harness.control()::enterIdle);
    FakePick next = harness.call();
    resolver.send(1);
    harness.connector.last().ready();
    assertThat(next.picked()).isSameAs(harness.connector.last());

    harness.endCall();
    harness.shutdown();
    assertThat(harness.isTerminated()).isTrue();
  }

  private void assertIsServed(FakePick patient) {
    resolver.send(1);
    harness.connector.last().ready();
    assertThat(patient.picked()).isSameAs(harness.connector.last());
  }
}
