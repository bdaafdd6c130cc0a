// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.serviceconfig.HedgingPolicy;
import dev.clientconn.internal.serviceconfig.MethodConfig;
import dev.clientconn.internal.serviceconfig.RetryThrottling;
import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.testing.FakeStream;
import dev.clientconn.testing.RecordingReports;
import dev.clientconn.testing.TextMethods;
import dev.clientconn.transport.TransportListener.RepeatReason;
import dev.clientconn.transport.WaitCause;
import dev.clientconn.transport.WaitTotal;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a hedged call starts attempts, and which of them ends it (gRFC A6, "Hedging Policy"). */
class HedgingTest {
  private static final Status DOWN = Status.UNAVAILABLE.withDescription("down");
  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  private final CallFixture fixture = new CallFixture();

  HedgingTest() {
    usePolicy(4, 100);
  }

  private void usePolicy(int attempts, long delayMillis) {
    HedgingPolicy policy = new HedgingPolicy(
        attempts, TimeUnit.MILLISECONDS.toNanos(delayMillis), Set.of(Code.UNAVAILABLE));
    fixture.config = new MethodConfig(null, null, null, null, null, policy, true);
  }

  private static Metadata pushback(String value) {
    Metadata trailers = new Metadata();
    trailers.put(PUSHBACK, value);
    return trailers;
  }

  private FakeStream attempt(int index) {
    return fixture.transport.streams.get(index);
  }

  private void fails(int index, Status status, Metadata trailers) {
    attempt(index).close(status, StreamProgress.PROCESSED, trailers);
  }

  private int attempts() {
    return fixture.transport.streams.size();
  }

  private void advance(long millis) {
    fixture.clock.advance(millis, TimeUnit.MILLISECONDS);
  }

  private List<String> events() {
    return fixture.listener.events;
  }

  /** Every call has ended once, and nothing of it is left. */
  @AfterEach
  void nothingIsLeft() throws ReflectiveOperationException {
    assertThat(fixture.callsEnded).as("ends").isEqualTo(fixture.callsStarted);
    assertThat(fixture.clock.pendingTimers()).as("timers").isZero();
    assertThat(fixture.source.waiting).as("picks").isEmpty();
    assertThat(fixture.transport.open()).as("streams").isEmpty();
    assertThat(fixture.keptBytes.total()).as("retained bytes").isZero();
    assertThat(fixture.waiting()).as("known to the channel").isEmpty();
    assertNoWaitGoesOn();
    fixture.unsent.end(Status.ABORTED);
    assertThat(events().stream().filter(event -> event.startsWith("close"))).hasSize(1);
  }

  private void assertNoWaitGoesOn() {
    long now = fixture.clock.nanoTime();
    // In this order: what was returned once never decreases.
    Map<WaitCause, WaitTotal> present = fixture.waits.snapshot(now);
    assertThat(fixture.waits.snapshot(now + TimeUnit.SECONDS.toNanos(1)))
        .as("waits in the channel's totals")
        .isEqualTo(present);
  }

  // ---- Starting

  @Conforms("C081")
  @Test
  void anotherAttemptStartsAfterEachDelayUpToTheMaximum() {
    fixture.unary("hello");
    assertThat(attempts()).isOne();

    advance(99);
    assertThat(attempts()).isOne();
    advance(1);
    assertThat(attempts()).isEqualTo(2);
    advance(100);
    assertThat(attempts()).isEqualTo(3);
    advance(1000);
    assertThat(attempts()).isEqualTo(4);

    assertThat(fixture.transport.streams)
        .allSatisfy(stream -> assertThat(stream.commands).containsExactly("start(hello,end)"));
    assertThat(fixture.transport.streams.stream().map(s -> s.headers.previousAttempts()))
        .containsExactly(0, 1, 2, 3);
    assertThat(fixture.repeated)
        .containsExactly(RepeatReason.HEDGE, RepeatReason.HEDGE, RepeatReason.HEDGE);
    attempt(2).respond("world");
    assertThat(events()).containsExactly("headers", "message(world)", "close(OK)");
  }

  @Test
  void callHasTheTimesOfTheAttemptWhosePickEndsIt() {
    RecordingReports reports = new RecordingReports();
    fixture.reportListeners.add(reports);
    fixture.unary("hello");
    fixture.source.failure = Status.PERMISSION_DENIED;
    advance(100);

    assertThat(events()).containsExactly("close(PERMISSION_DENIED)");
    assertThat(reports.only().attempts()).isEqualTo(2);
    assertThat(reports.millis()).isEqualTo(Map.of("retry_backoff", 100L));
  }

  @Test
  void withoutADelayAllAttemptsStartAtOnce() {
    usePolicy(3, 0);

    fixture.unary("hello");

    assertThat(attempts()).isEqualTo(3);
    attempt(0).respond("world");
  }

  @Test
  void theChannelsOptionsLimitTheAttempts() {
    usePolicy(9, 0);
    fixture.unary("hello");
    assertThat(attempts()).as("the default limit").isEqualTo(5);
    attempt(0).respond("world");
  }

  @Test
  void aChannelWithoutRetriesDoesNotHedge() {
    fixture.retries = new RetryOptions(false, 5, 5, RetryBufferLimit.Limits.DEFAULT);
    fixture.unary("hello");

    advance(1000);

    assertThat(attempts()).isOne();
    attempt(0).respond("world");
  }

  @Test
  void noAttemptStartsAfterTheFirstResponse() {
    fixture.unary("hello");

    attempt(0).responseHeaders();
    advance(1000);

    assertThat(attempts()).isOne();
    attempt(0).message("world");
    attempt(0).close(Status.OK);
  }

  // ---- Committing

  @Conforms("C081")
  @Test
  void theFirstHeadersWinAndTheOthersAreCancelled() {
    fixture.unary("hello");
    advance(200);

    attempt(1).responseHeaders();

    assertThat(attempt(0).commands).endsWith("cancel(CANCELLED)");
    assertThat(attempt(2).commands).endsWith("cancel(CANCELLED)");
    assertThat(events()).containsExactly("headers");
    attempt(1).message("world");
    attempt(1).close(Status.OK);
    assertThat(events()).containsExactly("headers", "message(world)", "close(OK)");
  }

  @Test
  void eventsOfALoserDoNotReachTheApplication() {
    fixture.unary("hello");
    advance(100);
    attempt(0).confirmsCancel = false;
    attempt(1).responseHeaders();

    attempt(0).responseHeaders();
    attempt(0).message("late");
    attempt(0).close(Status.INTERNAL);
    attempt(1).message("world");
    attempt(1).close(Status.OK);

    assertThat(events()).containsExactly("headers", "message(world)", "close(OK)");
  }

  @Test
  void theResponseSaysHowManyAttemptsCameBefore() {
    List<String> seen = new ArrayList<>();
    ClientCall<String, String> call = fixture.newCall(TextMethods.UNARY);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onHeaders(Metadata headers) {
            seen.add(headers.get(
                Metadata.Key.of("grpc-previous-rpc-attempts", Metadata.ASCII_STRING_MARSHALLER)));
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            events().add("close");
          }
        },
        new Metadata());
    call.sendMessage("hello");
    call.halfClose();
    advance(200);

    attempt(2).respond("world");

    assertThat(seen).containsExactly("2");
    call.request(1);
  }

  @Test
  void anOkWithoutHeadersEndsTheCall() {
    fixture.unary("hello");
    advance(100);

    attempt(0).close(Status.OK);

    assertThat(events()).containsExactly("close(INTERNAL)");
    assertThat(fixture.listener.description()).contains("without a message");
    assertThat(attempt(1).commands).endsWith("cancel(CANCELLED)");
  }

  @Test
  void aListenerThatCancelsInOnHeadersEndsTheWinner() {
    ClientCall<String, String> call = fixture.unary("hello");
    fixture.listener.duringHeaders = () -> call.cancel("enough", null);
    advance(100);
    attempt(0).confirmsCancel = false;

    attempt(1).responseHeaders();
    attempt(0).close(Status.UNAVAILABLE);

    assertThat(attempt(1).commands).endsWith("cancel(CANCELLED)");
    assertThat(events()).containsExactly("headers", "close(CANCELLED)");
    assertThat(attempts()).isEqualTo(2);
  }

  // ---- Failures

  @Conforms("C081")
  @Test
  void aNonFatalStatusStartsTheNextAttemptAtOnce() {
    fixture.unary("hello");
    advance(60);

    fails(0, DOWN, new Metadata());

    assertThat(attempts()).isEqualTo(2);
    advance(99);
    assertThat(attempts()).as("the delay counts from the start of that").isEqualTo(2);
    advance(1);
    assertThat(attempts()).isEqualTo(3);
    assertThat(events()).isEmpty();
    attempt(2).respond("world");
    assertThat(events()).containsExactly("headers", "message(world)", "close(OK)");
  }

  @Conforms("C081")
  @Test
  void aFatalStatusEndsTheCallAndTheOtherAttempts() {
    fixture.unary("hello");
    advance(100);

    fails(1, Status.INVALID_ARGUMENT.withDescription("no such thing"), new Metadata());

    assertThat(attempt(0).commands).endsWith("cancel(CANCELLED)");
    assertThat(events()).containsExactly("close(INVALID_ARGUMENT)");
    assertThat(fixture.listener.description()).startsWith("no such thing [hedged: 2 of 4 attempts");
    advance(1000);
    assertThat(attempts()).isEqualTo(2);
  }

  @Test
  void theLastFailureEndsTheCallWithItsTrailers() {
    usePolicy(2, 100);
    fixture.unary("hello");
    Metadata trailers = new Metadata();
    trailers.put(Metadata.Key.of("which", Metadata.ASCII_STRING_MARSHALLER), "second");

    fails(0, DOWN, new Metadata());
    assertThat(events()).isEmpty();
    fails(1, DOWN, trailers);

    assertThat(events()).containsExactly("close(UNAVAILABLE)");
    assertThat(fixture.listener.description())
        .isEqualTo("down [hedged: 2 of 2 attempts; others ended with UNAVAILABLE]");
    assertThat(String.valueOf(fixture.listener.trailers)).contains("second");
  }

  @Test
  void aFailureWaitsForTheAttemptsThatRun() {
    usePolicy(2, 100);
    fixture.unary("hello");
    advance(100);

    fails(0, DOWN, new Metadata());
    assertThat(events()).isEmpty();
    attempt(1).respond("world");

    assertThat(events()).containsExactly("headers", "message(world)", "close(OK)");
  }

  @Test
  void aFailureAfterTheHeadersIsNotHedged() {
    fixture.unary("hello");

    attempt(0).responseHeaders();
    attempt(0).close(DOWN);

    assertThat(events()).containsExactly("headers", "close(UNAVAILABLE)");
    assertThat(attempts()).isOne();
  }

  // ---- Pushback

  @ParameterizedTest
  @ValueSource(strings = {"-1", "soon", "", "99999999999"})
  void pushbackThatIsNegativeOrNoNumberStopsFurtherAttempts(String value) {
    fixture.unary("hello");
    advance(100);

    fails(0, DOWN, pushback(value));
    advance(1000);

    assertThat(attempts()).isEqualTo(2);
    assertThat(events()).isEmpty();
    attempt(1).respond("world");
    assertThat(events()).containsExactly("headers", "message(world)", "close(OK)");
  }

  @Test
  void pushbackThatStopsTheOnlyAttemptEndsTheCall() {
    fixture.unary("hello");

    fails(0, DOWN, pushback("-1"));

    assertThat(events()).containsExactly("close(UNAVAILABLE)");
  }

  @Test
  void pushbackDelaysTheNextAttemptAndThoseAfterIt() {
    fixture.unary("hello");
    advance(50);

    fails(0, DOWN, pushback("300"));

    advance(299);
    assertThat(attempts()).isOne();
    advance(1);
    assertThat(attempts()).isEqualTo(2);
    advance(99);
    assertThat(attempts()).isEqualTo(2);
    advance(1);
    assertThat(attempts()).isEqualTo(3);
    attempt(1).respond("world");
  }

  @Test
  void pushbackOfAnAttemptThatIsNotTheOnlyOneDelaysTheNext() {
    fixture.unary("hello");
    advance(100);

    fails(0, DOWN, pushback("30"));

    advance(29);
    assertThat(attempts()).isEqualTo(2);
    advance(1);
    assertThat(attempts()).isEqualTo(3);
    attempt(1).respond("world");
  }

  @Test
  void pushbackDoesNotMakeAFatalStatusHarmless() {
    fixture.unary("hello");

    fails(0, Status.INTERNAL, pushback("10"));

    assertThat(events()).containsExactly("close(INTERNAL)");
  }

  // ---- Throttling

  @Test
  void aThrottledChannelSendsTheFirstAttemptOnly() {
    RetryThrottle throttle = throttle(2);
    throttle.onFailure();
    fixture.unary("hello");

    advance(1000);

    assertThat(attempts()).isOne();
    attempt(0).respond("world");
    assertThat(throttle.isThrottled()).as("a success of a hedged call counts").isFalse();
  }

  @Test
  void aFailureThatThrottlesWaitsForTheAttemptsThatRun() {
    throttle(2);
    fixture.unary("hello");
    advance(100);

    fails(0, DOWN, new Metadata());

    assertThat(attempts()).isEqualTo(2);
    assertThat(events()).isEmpty();
    fails(1, DOWN, new Metadata());
    assertThat(events()).containsExactly("close(UNAVAILABLE)");
  }

  @Test
  void throttlingBeforeADelayedAttemptEndsTheCallWithTheLastFailure() {
    RetryThrottle throttle = throttle(4);
    fixture.unary("hello");
    fails(0, DOWN, pushback("50"));
    throttle.onFailure();

    advance(50);

    assertThat(attempts()).isOne();
    assertThat(events()).containsExactly("close(UNAVAILABLE)");
    assertThat(fixture.listener.description()).isEqualTo("down");
  }

  @Test
  void onlyNonFatalFailuresAndRefusalsTakeTokens() {
    RetryThrottle throttle = throttle(4);
    fixture.unary("hello");
    fails(0, Status.INVALID_ARGUMENT, new Metadata());
    assertThat(throttle).hasToString("4.0 of 4.0 tokens");
    events().clear();

    fixture.unary("hello");
    fails(1, Status.INVALID_ARGUMENT, pushback("-1"));
    assertThat(throttle).hasToString("3.0 of 4.0 tokens");
  }

  private RetryThrottle throttle(int tokens) {
    RetryThrottle throttle = new RetryThrottle(new RetryThrottling(tokens * 1000, 500));
    fixture.throttle = throttle;
    return throttle;
  }

  // ---- Transparent retries

  @Test
  void anUnsentAttemptIsReplacedAndDoesNotCount() {
    usePolicy(2, 100);
    fixture.unary("hello");
    advance(100);

    attempt(1).close(DOWN, StreamProgress.NOT_SENT);
    attempt(2).close(DOWN, StreamProgress.NOT_SENT);

    assertThat(attempts()).isEqualTo(4);
    assertThat(attempt(3).headers.previousAttempts()).isOne();
    attempt(3).respond("world");
    assertThat(events()).containsExactly("headers", "message(world)", "close(OK)");
    assertThat(attempt(0).commands).endsWith("cancel(CANCELLED)");
  }

  @Test
  void aRefusedAttemptIsReplacedOnceAndThenCountsAsAFailure() {
    usePolicy(2, 100);
    fixture.unary("hello");

    attempt(0).close(DOWN, StreamProgress.REFUSED);
    assertThat(attempt(1).headers.previousAttempts()).isZero();
    attempt(1).close(DOWN, StreamProgress.REFUSED);
    assertThat(attempt(2).headers.previousAttempts()).isOne();
    attempt(2).close(DOWN, StreamProgress.REFUSED);

    assertThat(attempts()).isEqualTo(3);
    assertThat(events()).containsExactly("close(UNAVAILABLE)");
  }

  @Test
  void unsentAttemptsOfALoserAreNotReplaced() {
    fixture.unary("hello");
    advance(100);
    attempt(0).confirmsCancel = false;
    attempt(1).responseHeaders();

    attempt(0).close(DOWN, StreamProgress.NOT_SENT);

    assertThat(attempts()).isEqualTo(2);
    attempt(1).message("world");
    attempt(1).close(Status.OK);
  }

  // ---- Attempts without a stream

  @Test
  void anAttemptThatWaitsForAConnectionIsHedgedToo() {
    fixture.withoutTransport();
    fixture.unary("hello");

    advance(100);
    assertThat(fixture.source.waiting).hasSize(2);
    fixture.source.waiting.remove(1).onPicked(fixture.transport, FakeSource.PICKED);
    fixture.stream().respond("world");

    assertThat(events()).containsExactly("headers", "message(world)", "close(OK)");
    assertThat(fixture.source.waiting).as("the loser's pick").isEmpty();
  }

  @Test
  void aPickThatFailsCountsAsANonFatalStatus() {
    fixture.withoutTransport();
    fixture.unary("hello");

    fixture.source.waiting.remove(0).onFailed(DOWN);
    assertThat(fixture.source.waiting).hasSize(1);
    fixture.source.waiting.remove(0).onFailed(Status.UNAUTHENTICATED);

    assertThat(events()).containsExactly("close(UNAUTHENTICATED)");
  }

  @Test
  void picksThatFailAtOnceEndTheCallAfterTheMaximum() {
    fixture.retries = new RetryOptions(true, 5, 100_000, RetryBufferLimit.Limits.DEFAULT);
    usePolicy(100_000, 0);
    fixture.source.failure = DOWN;

    fixture.unary("hello");

    assertThat(fixture.source.picks).isEqualTo(100_000);
    assertThat(events()).containsExactly("close(UNAVAILABLE)");
  }

  @Test
  void aDropEndsTheCall() {
    fixture.unary("hello");
    fixture.withoutTransport();
    advance(100);

    fixture.source.waiting.remove(0).onDropped(DOWN);

    assertThat(events()).containsExactly("close(UNAVAILABLE)");
    assertThat(attempt(0).commands).endsWith("cancel(CANCELLED)");
  }

  @Test
  void callIsListedAsWaitingOnlyWhileNoAttemptRuns() {
    usePolicy(2, 100);
    fixture.unary("hello");
    assertThat(fixture.unsent.waitingCalls()).isEmpty();

    fails(0, DOWN, pushback("1000"));
    assertThat(fixture.unsent.waitingCalls())
        .extracting(WaitingCall::cause)
        .containsExactly(WaitCause.RETRY_BACKOFF);

    advance(1000);
    assertThat(fixture.unsent.waitingCalls()).isEmpty();
    attempt(1).respond("world");
  }

  // ---- Ends from this side

  @Test
  void noAttemptStartsAtTheDeadline() {
    fixture.options =
        CallOptions.DEFAULT.withDeadline(fixture.clock.deadlineAfter(100, TimeUnit.MILLISECONDS));
    fixture.unary("hello");

    advance(100);

    assertThat(attempts()).isOne();
    attempt(0).passDeadline("the server's response");
    assertThat(events()).containsExactly("close(DEADLINE_EXCEEDED)");
  }

  @Test
  void aCancelEndsAllAttempts() {
    ClientCall<String, String> call = fixture.unary("hello");
    advance(100);
    fixture.withoutTransport();
    advance(100);

    call.cancel("enough", null);

    assertThat(events()).containsExactly("close(CANCELLED)");
    assertThat(attempt(0).commands).endsWith("cancel(CANCELLED)");
    assertThat(attempt(1).commands).endsWith("cancel(CANCELLED)");
    advance(1000);
    assertThat(attempts()).isEqualTo(2);
  }

  @Test
  void aCancelledContextEndsAllAttempts() {
    Context.CancellableContext context = Context.current().withCancellation();
    context.run(() -> fixture.unary("hello"));
    advance(100);

    context.cancel(null);

    assertThat(events()).containsExactly("close(CANCELLED)");
  }

  @Test
  void theDeadlineOfAStreamEndsTheCall() {
    fixture.options =
        CallOptions.DEFAULT.withDeadline(fixture.clock.deadlineAfter(250, TimeUnit.MILLISECONDS));
    fixture.unary("hello");
    advance(250);
    assertThat(attempts()).isEqualTo(3);

    attempt(1).passDeadline("the server's response");

    assertThat(events()).containsExactly("close(DEADLINE_EXCEEDED)");
    assertThat(fixture.listener.description())
        .contains("waited for the server's response", "hedged: 3 of 4");
    assertThat(attempt(0).commands).endsWith("cancel(CANCELLED)");
  }

  @Test
  void theDeadlineOfAPickEndsTheCall() {
    fixture.options =
        CallOptions.DEFAULT.withDeadline(fixture.clock.deadlineAfter(150, TimeUnit.MILLISECONDS));
    fixture.withoutTransport();
    fixture.unary("hello");

    advance(150);

    assertThat(events()).containsExactly("close(DEADLINE_EXCEEDED)");
  }

  @Test
  void theDeadlineEndsACallThatWaitsForItsNextAttempt() {
    fixture.options =
        CallOptions.DEFAULT.withDeadline(fixture.clock.deadlineAfter(150, TimeUnit.MILLISECONDS));
    fixture.unary("hello");
    fails(0, DOWN, pushback("1000"));

    advance(149);
    assertThat(events()).isEmpty();
    advance(1);

    assertThat(events()).containsExactly("close(DEADLINE_EXCEEDED)");
    assertThat(fixture.listener.description()).contains("the delay before the next hedged attempt");
  }

  @Test
  void theEndOfTheChannelEndsACallThatWaitsForItsNextAttempt() {
    fixture.unary("hello");
    fails(0, DOWN, pushback("1000"));

    fixture.unsent.end(Status.UNAVAILABLE.withDescription("shutdownNow"));

    assertThat(events()).containsExactly("close(UNAVAILABLE)");
    assertThat(fixture.listener.description()).contains("shutdownNow");
  }

  @Test
  void timersThatHaveEndedStopFurtherAttempts() {
    fixture.clock.rejects = true;
    fixture.unary("hello");

    fails(0, DOWN, pushback("10"));

    assertThat(events()).containsExactly("close(UNAVAILABLE)");
  }

  // ---- Large requests

  @Test
  void aRequestOverTheLimitIsSentOnce() {
    fixture.unary("x".repeat(1024 * 1024));

    advance(1000);

    assertThat(attempts()).isOne();
    attempt(0).respond("world");
  }

  @Test
  void aLargeRequestIsInMemoryOnceForAllAttempts() {
    usePolicy(4, 0);
    fixture.transport.sends = false;

    fixture.unary("x".repeat(100_000));

    assertThat(attempts()).isEqualTo(4);
    assertThat(fixture.keptBytes.total()).isEqualTo(100_005);
    attempt(3).respond("world");
  }

  // ---- Tracers

  @Test
  void eachAttemptHasItsTracer() {
    RecordingTracers tracers = new RecordingTracers();
    fixture.options = CallOptions.DEFAULT.withStreamTracerFactory(tracers);
    usePolicy(3, 100);
    fixture.unary("hello");

    fails(0, DOWN, new Metadata());
    advance(100);
    attempt(1).close(DOWN, StreamProgress.NOT_SENT);
    attempt(2).respond("world");

    assertThat(tracers.events.stream()
            .filter(event -> event.startsWith("new") || event.startsWith("closed")))
        .containsExactly(
            "new",
            "closed(UNAVAILABLE)",
            "new 1 hedge",
            "new 2 hedge",
            "closed(UNAVAILABLE)",
            "new 1 again",
            "closed(CANCELLED)",
            "closed(OK)");
  }

  @Test
  void aTracerFactoryThatThrowsForALaterAttemptEndsTheCall() {
    fixture.options = CallOptions.DEFAULT.withStreamTracerFactory(new ClientStreamTracer.Factory() {
      @Override
      public ClientStreamTracer newClientStreamTracer(
          ClientStreamTracer.StreamInfo info, Metadata headers) {
        if (info.isHedging()) {
          throw new IllegalStateException("broken");
        }
        return new ClientStreamTracer() {};
      }
    });
    fixture.unary("hello");

    advance(100);

    assertThat(events()).containsExactly("close(INTERNAL)");
    assertThat(attempt(0).commands).endsWith("cancel(CANCELLED)");
  }
}
