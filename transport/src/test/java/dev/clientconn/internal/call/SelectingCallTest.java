// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.testing.RecordingReports;
import dev.clientconn.testing.TextMethods;
import dev.clientconn.transport.WaitCause;
import dev.clientconn.transport.WaitTotal;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.InternalConfigSelector.Result;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Calls of a channel whose name resolver selects the config of each call. */
class SelectingCallTest {
  private static final Metadata.Key<String> TENANT =
      Metadata.Key.of("tenant", Metadata.ASCII_STRING_MARSHALLER);

  private final CallFixture fixture = new CallFixture();
  private final RecordingListener listener = fixture.listener;
  private final FakeSelector selector = new FakeSelector();

  SelectingCallTest() {
    fixture.gate.useSelector(selector);
    fixture.gate.open();
  }

  private SelectingCall<String, String> unary() {
    SelectingCall<String, String> call = fixture.newSelectingCall(TextMethods.UNARY);
    call.start(listener, new Metadata());
    call.request(2);
    call.sendMessage("hello");
    call.halfClose();
    return call;
  }

  private void assertEndedOnce(Code code) {
    assertThat(listener.events).containsExactly("close(" + code + ")");
    assertThat(fixture.callsEnded).isEqualTo(fixture.callsStarted);
  }

  @Conforms("C096")
  @Test
  void selectsByMethodOptionsAndMetadataAtTheStart() {
    Metadata headers = new Metadata();
    headers.put(TENANT, "blue");
    SelectingCall<String, String> call = fixture.newSelectingCall(TextMethods.UNARY);
    assertThat(selector.selections).isEmpty();

    call.start(listener, headers);

    PickSubchannelArgs args = selector.selections.get(0);
    assertThat(args.getMethodDescriptor()).isSameAs(TextMethods.UNARY);
    assertThat(args.getHeaders().get(TENANT)).isEqualTo("blue");
    assertThat(args.getCallOptions()).isEqualTo(fixture.options);
  }

  @Conforms("C096")
  @Test
  void hasTheSelectedConfigAndTheOptionsOfTheInterceptor() {
    selector.methodConfig(Map.of(
        "name",
        List.of(Map.of()),
        "timeout",
        "2s",
        "maxResponseMessageBytes",
        77,
        "waitForReady",
        true));

    unary();

    assertThat(fixture.stream().headers.maxInboundMessageSize()).isEqualTo(77);
    assertThat(Objects.requireNonNull(fixture.stream().headers.deadline()).isExpired())
        .isFalse();
    assertThat(fixture.source.lastOptions().getOption(FakeSelector.CLUSTER)).isEqualTo("cluster-1");
    assertThat(fixture.source.lastOptions().isWaitForReady()).isTrue();
    fixture.stream().respond("you");
    assertThat(listener.events).containsExactly("headers", "message(you)", "close(OK)");
    assertThat(fixture.callsEnded).isEqualTo(fixture.callsStarted);
  }

  @Test
  void interceptorsOfTheSelectorSeeTheExecutorOfTheCall() {
    unary();

    assertThat(fixture.source.lastOptions().getExecutor()).isNotNull();
  }

  @Test
  void retriesByTheSelectedPolicy() {
    selector.methodConfig(Map.of(
        "name",
        List.of(Map.of()),
        "retryPolicy",
        Map.of(
            "maxAttempts",
            2.0,
            "initialBackoff",
            "1s",
            "maxBackoff",
            "1s",
            "backoffMultiplier",
            1.0,
            "retryableStatusCodes",
            List.of("UNAVAILABLE"))));
    unary();

    fixture.stream().close(Status.UNAVAILABLE);
    fixture.clock.advance(Duration.ofSeconds(1));
    fixture.stream().respond("you");

    assertThat(listener.events).containsExactly("headers", "message(you)", "close(OK)");
    assertThat(selector.selections).as("one selection for all attempts").hasSize(1);
  }

  @Conforms("C096")
  @ParameterizedTest
  @EnumSource(
      value = Code.class,
      names = {"UNAVAILABLE", "UNKNOWN", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED"})
  void statusOfTheSelectorEndsTheCall(Code code) {
    selector.failing(Status.fromCode(code).withDescription("no route"));

    unary();

    assertEndedOnce(code);
    assertThat(listener.description()).isEqualTo("no route");
    assertThat(fixture.source.picks).isZero();
  }

  @Conforms("C096")
  @ParameterizedTest
  @EnumSource(
      value = Code.class,
      mode = Mode.INCLUDE,
      names = {
        "INVALID_ARGUMENT",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "DATA_LOSS"
      })
  void codesThatOnlyAServerMaySendBecomeInternal(Code code) {
    selector.failing(Status.fromCode(code).withDescription("no route"));

    unary();

    assertEndedOnce(Code.INTERNAL);
    assertThat(listener.description()).endsWith(code + " no route");
  }

  @Test
  void selectorThatThrowsEndsOnlyThatCall() {
    Error thrown = new StackOverflowError("deep");
    selector.throwsOnSelect = thrown;
    unary();
    assertEndedOnce(Code.INTERNAL);
    assertThat(listener.end().getCause()).isSameAs(thrown);
    assertThat(listener.description()).contains("config selector failed: " + thrown);
    listener.events.clear();

    selector.throwsOnSelect = null;
    unary();
    fixture.stream().respond("you");

    assertThat(listener.events).containsExactly("headers", "message(you)", "close(OK)");
  }

  @Test
  void selectorThatReturnsNothingEndsTheCall() {
    selector.returnsNull = true;

    unary();

    assertEndedOnce(Code.INTERNAL);
    assertThat(listener.description()).contains("no result");
  }

  @Test
  void configOfAnotherParserEndsTheCall() {
    selector.result = Result.newBuilder().setConfig("a config").build();

    unary();

    assertEndedOnce(Code.INTERNAL);
    assertThat(listener.description()).contains("did not pass through the channel's parser");
  }

  @Test
  void interceptorThatThrowsEndsTheCall() {
    selector.throwsOnIntercept = new IllegalStateException("no");

    unary();

    assertEndedOnce(Code.INTERNAL);
  }

  @Test
  void interceptorThatReturnsNoCallEndsTheCall() {
    selector.interceptsWithNull = true;

    unary();

    assertEndedOnce(Code.INTERNAL);
    assertThat(listener.description()).contains("returned no call");
  }

  @Test
  void interceptorThatThrowsBeforeItStartsTheCallEndsIt() {
    selector.throwsBeforeStart = new NoClassDefFoundError("gone");

    unary();

    assertEndedOnce(Code.INTERNAL);
    assertThat(fixture.callsStarted).isZero();
  }

  @Test
  void interceptorThatThrowsAfterItStartedTheCallCancelsIt() {
    selector.throwsAfterStart = new NoClassDefFoundError("gone");

    SelectingCall<String, String> call = fixture.newSelectingCall(TextMethods.BIDI);
    call.start(listener, new Metadata());

    assertEndedOnce(Code.CANCELLED);
    assertThat(fixture.stream().commands).contains("cancel(CANCELLED)");
    assertThat(listener.end().getCause()).isSameAs(selector.throwsAfterStart);
  }

  @Test
  void cancelWhileTheSelectorRunsEndsTheCall() {
    SelectingCall<String, String> call = fixture.newSelectingCall(TextMethods.UNARY);
    selector.duringSelect = () -> call.cancel("not wanted", null);

    call.start(listener, new Metadata());

    assertEndedOnce(Code.CANCELLED);
    assertThat(listener.description()).isEqualTo("not wanted");
  }

  @Test
  void cancelBetweenInterceptorAndStartEndsTheCall() {
    SelectingCall<String, String> call = fixture.newSelectingCall(TextMethods.UNARY);
    selector.duringIntercept = () -> call.cancel(null, new IllegalStateException("not wanted"));

    call.start(listener, new Metadata());

    assertEndedOnce(Code.CANCELLED);
    assertThat(listener.end().getCause()).hasMessage("not wanted");
  }

  @Test
  void cancelOfACallWhoseSelectorThrowsChangesNothing() {
    SelectingCall<String, String> call = fixture.newSelectingCall(TextMethods.UNARY);
    selector.duringSelect = () -> call.cancel("not wanted", null);
    selector.throwsOnSelect = new IllegalStateException("no");

    call.start(listener, new Metadata());
    call.cancel("again", null);

    assertEndedOnce(Code.INTERNAL);
  }

  @Test
  void methodsAreRefusedInTheOrderThatEveryCallRefusesThem() {
    SelectingCall<String, String> call = fixture.newSelectingCall(TextMethods.BIDI);
    assertThat(call.isReady()).isFalse();
    assertThat(call.getAttributes()).isEqualTo(Attributes.EMPTY);
    assertThatThrownBy(() -> call.request(1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(call::halfClose).isInstanceOf(IllegalStateException.class);
    call.start(listener, new Metadata());
    assertThatThrownBy(() -> call.start(listener, new Metadata()))
        .isInstanceOf(IllegalStateException.class);
    assertThat(call.isReady()).isTrue();

    SelectingCall<String, String> cancelled = fixture.newSelectingCall(TextMethods.BIDI);
    cancelled.cancel("early", null);
    assertThatThrownBy(() -> cancelled.start(listener, new Metadata()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("cancelled");
  }

  @Test
  void callThatWaitedForTheFirstResultIsSelectedThen() {
    fixture.gate.close();
    PendingCall<String, String> call = fixture.newPendingCall(TextMethods.UNARY);
    call.start(listener, new Metadata());
    call.sendMessage("hello");
    call.halfClose();
    assertThat(selector.selections).isEmpty();

    fixture.gate.useSelector(selector);
    fixture.gate.open();

    assertThat(selector.selections).hasSize(1);
    assertThat(fixture.stream().commands).containsExactly("start(hello,end)");
  }

  @Test
  void callThatIsStartedAfterTheEndOfItsResolverWaitsForTheNextOne() {
    SelectingCall<String, String> call = fixture.newSelectingCall(TextMethods.UNARY);
    fixture.gate.close();

    call.start(listener, new Metadata());
    call.request(2);
    call.sendMessage("hello");
    call.halfClose();
    assertThat(fixture.gate.waitingCalls()).isOne();
    FakeSelector next = new FakeSelector();
    fixture.gate.useSelector(next);
    fixture.gate.open();

    assertThat(selector.selections).isEmpty();
    assertThat(next.selections).hasSize(1);
    fixture.stream().respond("you");
    assertThat(listener.events).containsExactly("headers", "message(you)", "close(OK)");
  }

  @Test
  void callThatWasReleasedWaitsAgainIfTheResolverEndsBeforeItsExecutorRuns() {
    fixture.onExecutor();
    fixture.gate.close();
    PendingCall<String, String> call = fixture.newPendingCall(TextMethods.UNARY);
    call.start(listener, new Metadata());
    call.sendMessage("hello");
    call.halfClose();
    fixture.gate.useSelector(selector);
    fixture.gate.open();
    fixture.gate.close();

    fixture.executor.runAll();
    assertThat(selector.selections).isEmpty();
    assertThat(fixture.gate.waitingCalls()).isOne();
    fixture.gate.useSelector(selector);
    fixture.gate.open();
    fixture.executor.runAll();

    assertThat(selector.selections).hasSize(1);
    assertThat(fixture.gate.waitingCalls()).isZero();
  }

  @Test
  void timesOfACallThatWaitedAreReportedOnceHoweverItEnds() {
    for (Runnable mistake : List.<Runnable>of(
        () -> {},
        () -> selector.failing(Status.UNAVAILABLE),
        () -> selector.throwsOnIntercept = new IllegalStateException("no"))) {
      RecordingReports reports = new RecordingReports();
      fixture.reportListeners.clear();
      fixture.reportListeners.add(reports);
      fixture.gate.close();
      PendingCall<String, String> call = fixture.newPendingCall(TextMethods.UNARY);
      call.start(listener, new Metadata());
      call.request(2);
      call.sendMessage("hello");
      call.halfClose();
      fixture.clock.advance(Duration.ofMillis(5));
      mistake.run();
      fixture.gate.useSelector(selector);
      fixture.gate.open();
      if (listener.status == null) {
        fixture.stream().respond("you");
      }

      assertThat(reports.only().nanosByCause())
          .containsEntry(WaitCause.NAME_RESOLUTION, Duration.ofMillis(5).toNanos());
    }
  }

  @Test
  void selectorIsNotAskedAfterTheEndOfTheChannel() {
    SelectingCall<String, String> call = fixture.newSelectingCall(TextMethods.UNARY);
    fixture.gate.end(Status.UNAVAILABLE);

    call.start(listener, new Metadata());

    assertThat(selector.selections).isEmpty();
  }

  @Test
  void interceptorThatThrowsAfterItStartedACallByItselfEndsTheCall() {
    selector.startsCallAndThrows = new NoClassDefFoundError("gone");

    unary();

    assertEndedOnce(Code.INTERNAL);
  }

  @Test
  void interceptorThatEndsTheCallAndThrowsEndsItOnce() {
    selector.endsBeforeStart = Status.PERMISSION_DENIED;
    selector.throwsBeforeStart = new NoClassDefFoundError("gone");

    unary();

    assertEndedOnce(Code.PERMISSION_DENIED);
  }

  @Test
  void hasTheContextThatItWasMadeIn() {
    Context.Key<String> key = Context.key("tenant");
    List<String> seen = new ArrayList<>();
    selector.duringSelect = () -> seen.add(key.get());
    CancellableContext context = Context.current().withValue(key, "blue").withCancellation();
    Context outer = context.attach();
    SelectingCall<String, String> call = fixture.newSelectingCall(TextMethods.BIDI);
    context.detach(outer);

    call.start(listener, new Metadata());
    context.cancel(new IllegalStateException("not wanted"));

    assertThat(seen).containsExactly("blue");
    assertEndedOnce(Code.CANCELLED);
  }

  @Test
  void callThatWaitsOnceMoreKeepsItsTimes() {
    CallTimeline times = fixture.newTimeline(WaitCause.NAME_RESOLUTION);
    SelectingCall<String, String> call = fixture.newSelectingCall(TextMethods.UNARY, times);
    fixture.gate.close();

    call.start(listener, new Metadata());
    call.cancel("not wanted", null);

    assertEndedOnce(Code.CANCELLED);
    assertNothingWaits();
  }

  @Test
  void callThatItsInterceptorDoesNotStartWaitsForNothing() {
    selector.endsBeforeStart = Status.PERMISSION_DENIED;
    for (Throwable thrown : Arrays.asList(null, new NoClassDefFoundError("gone"))) {
      selector.throwsBeforeStart = thrown;
      CallTimeline times = fixture.newTimeline(WaitCause.NAME_RESOLUTION);

      fixture.newSelectingCall(TextMethods.UNARY, times).start(listener, new Metadata());

      assertNothingWaits();
    }
  }

  private void assertNothingWaits() {
    Map<WaitCause, WaitTotal> before = fixture.waits.snapshot(fixture.clock.nanoTime());
    fixture.clock.advance(Duration.ofSeconds(1));
    assertThat(fixture.waits.snapshot(fixture.clock.nanoTime())).isEqualTo(before);
  }
}
