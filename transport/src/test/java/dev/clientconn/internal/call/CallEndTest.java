// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.testing.TextMethods;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Ends of calls that this side decides: by a cancel, a deadline or their context. */
class CallEndTest {
  private final CallFixture fixture = new CallFixture();
  private final RecordingListener listener = fixture.listener;

  private void halfASecond() {
    fixture.options =
        CallOptions.DEFAULT.withDeadline(fixture.clock.deadlineAfter(500, TimeUnit.MILLISECONDS));
  }

  @Test
  void aCancelWhileTheCallStartsIsCountedAfterTheStart() {
    ClientCall<String, String> call = fixture.newCall(TextMethods.UNARY);
    fixture.beforeCallStarted = () -> call.cancel("now", null);

    call.start(listener, new Metadata());

    assertThat(fixture.callsStarted).isOne();
    assertThat(fixture.callsEnded).isOne();
    assertThat(listener.events).containsExactly("close(CANCELLED)");
  }

  @Test
  void cancelBeforeThePickCompletesEndsTheCallAndRemovesThePick() {
    var call = fixture.withoutTransport().unary("hello");

    call.cancel("enough", null);

    assertThat(listener.events).containsExactly("close(CANCELLED)");
    assertThat(listener.description()).isEqualTo("enough");
    assertThat(fixture.source.waiting).isEmpty();
    assertThat(fixture.callsEnded).isOne();
  }

  @Test
  void aPickCompletedAfterTheCancelOpensNothing() {
    var call = fixture.withoutTransport().unary("hello");
    TransportSource.PendingPick pick = fixture.source.waiting.get(0);
    call.cancel("enough", null);

    pick.onPicked(fixture.transport, FakeSource.PICKED);

    assertThat(fixture.transport.streams).isEmpty();
    assertThat(listener.events).containsExactly("close(CANCELLED)");
  }

  @Test
  void aCancelWhileTheStreamIsMadeStartsNothingAndEndsTheCallOnce() {
    var call = fixture.newCall(TextMethods.BIDI);
    fixture.transport.beforeStream = () -> call.cancel("enough", null);

    call.start(listener, new Metadata());

    assertThat(fixture.stream().commands).containsExactly("cancel(CANCELLED)");
    assertThat(listener.events).containsExactly("close(CANCELLED)");
    assertThat(fixture.callsEnded).isOne();
  }

  @Conforms("J18")
  @Test
  void cancelIsIdempotentAndForbidsWriting() {
    var call = fixture.start(TextMethods.BIDI);

    call.cancel("first", null);
    call.cancel("second", null);

    assertThat(listener.events).containsExactly("close(CANCELLED)");
    assertThat(listener.description()).isEqualTo("first");
    assertThatThrownBy(() -> call.sendMessage("x")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(call::halfClose).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void cancelBeforeStartForbidsStarting() {
    var call = fixture.newCall(TextMethods.BIDI);

    call.cancel("enough", null);

    assertThatThrownBy(() -> call.start(listener, new Metadata()))
        .isInstanceOf(IllegalStateException.class);
    assertThat(fixture.callsStarted).isZero();
  }

  @Test
  void cancelBeforeHalfCloseOfAOneMessageCallOpensNoStream() {
    var call = fixture.start(TextMethods.UNARY);

    call.cancel("enough", null);

    assertThat(listener.events).containsExactly("close(CANCELLED)");
    assertThat(fixture.source.picks).isZero();
  }

  @Test
  void cancelAfterTheEndDoesNothing() {
    var call = fixture.onExecutor().unary("hello");
    fixture.stream().respond("world");
    fixture.executor.runAll();

    call.cancel("late", null);

    assertThat(fixture.executor.tasks).isEmpty();
    assertThat(listener.events).endsWith("close(OK)");
  }

  @Test
  void whatTheServerSaysAfterACancelDoesNotReplaceIt() {
    var call = fixture.start(TextMethods.BIDI);
    fixture.stream().confirmsCancel = false;
    call.cancel("enough", null);
    assertThat(listener.events).isEmpty();

    fixture.stream().respond("late");

    assertThat(listener.events).containsExactly("close(CANCELLED)");
    assertThat(listener.description()).isEqualTo("enough");
  }

  @Test
  void anEndThatIsNotRetriedBecauseOfACancelIsTheCancels() {
    var call = fixture.start(TextMethods.BIDI);
    fixture.stream().confirmsCancel = false;
    call.cancel("enough", null);

    fixture.stream().close(Status.UNAVAILABLE, StreamProgress.NOT_SENT);

    assertThat(fixture.source.picks).isOne();
    assertThat(listener.description()).isEqualTo("enough");
    assertThat(fixture.callsEnded).isOne();
  }

  @Conforms({"T074", "C051"})
  @Test
  void aDeadlineThatHasPassedSendsNothing() {
    halfASecond();
    fixture.clock.advance(1, TimeUnit.SECONDS);

    fixture.start(TextMethods.UNARY);

    assertThat(listener.end().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
    assertThat(listener.description())
        .startsWith("ClientCall started after CallOptions deadline was exceeded");
    assertThat(fixture.source.picks).isZero();
    assertThat(fixture.callsEnded).isOne();
  }

  @Conforms("C043")
  @Test
  void aDeadlineThatPassesWhileWaitingForAPickSaysSo() {
    halfASecond();
    fixture.withoutTransport().start(TextMethods.BIDI);

    fixture.clock.advance(499, TimeUnit.MILLISECONDS);
    assertThat(listener.events).isEmpty();
    fixture.clock.advance(1, TimeUnit.MILLISECONDS);

    assertThat(listener.end().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
    assertThat(listener.description())
        .isEqualTo("CallOptions deadline exceeded after 0.500000000s. "
            + "[waited for name resolution or a connection to server:50051]");
    assertThat(fixture.source.waiting).isEmpty();
  }

  @Test
  void theTimerIsDisarmedOnceTheTransportWatches() {
    halfASecond();
    fixture.withoutTransport().start(TextMethods.BIDI);
    assertThat(fixture.clock.pendingTimers()).isOne();

    fixture.source.complete(fixture.transport);

    assertThat(fixture.clock.pendingTimers()).isZero();
    assertThat(fixture.stream().headers.deadline()).isEqualTo(fixture.options.getDeadline());
  }

  @Test
  void aDeadlineOnTheStreamNamesWhatItWaitedFor() {
    halfASecond();
    fixture.start(TextMethods.BIDI);
    fixture.stream().message("nobody asked for this");

    fixture.stream().passDeadline("a stream slot");

    assertThat(listener.events).containsExactly("close(DEADLINE_EXCEEDED)");
    assertThat(listener.description())
        .isEqualTo("CallOptions deadline exceeded after 0.500000000s. [waited for a stream slot]");
  }

  @Conforms("T160")
  @Test
  void aPeersCancelAfterTheDeadlineIsADeadlineExceeded() {
    halfASecond();
    fixture.start(TextMethods.BIDI);
    fixture.clock.advance(500, TimeUnit.MILLISECONDS);

    fixture.stream().close(Status.CANCELLED.withDescription("RST_STREAM"));

    assertThat(listener.end().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
    assertThat(listener.description())
        .startsWith("CallOptions deadline exceeded after 0.500000000s.")
        .contains("waited for the server's response");
  }

  @Test
  void aPeersCancelBeforeTheDeadlineStaysOne() {
    halfASecond();
    fixture.start(TextMethods.BIDI);

    fixture.stream().close(Status.CANCELLED);

    assertThat(listener.end().getCode()).isEqualTo(Code.CANCELLED);
  }

  @Test
  void aDeadlineThatPassesBeforeTheCallLeftIsNotRetried() {
    halfASecond();
    fixture.start(TextMethods.BIDI);

    fixture.stream().passDeadline("a stream slot");

    assertThat(fixture.source.picks).isOne();
    assertThat(listener.end().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
  }

  @Test
  void aContextCancelledBeforeStartEndsTheCallThroughTheExecutor() {
    Context.CancellableContext context = Context.current().withCancellation();
    fixture.onExecutor();
    context.run(() -> {
      var call = fixture.newCall(TextMethods.BIDI);
      context.cancel(new RuntimeException("gone"));
      call.start(listener, new Metadata());
    });
    assertThat(listener.events).isEmpty();

    fixture.executor.runAll();

    assertThat(listener.events).containsExactly("close(CANCELLED)");
    assertThat(listener.end().getCause()).hasMessage("gone");
    assertThat(fixture.source.picks).isZero();
  }

  @Test
  void aContextCancelledLaterCancelsTheStream() {
    try (Context.CancellableContext context = Context.current().withCancellation()) {
      context.run(() -> fixture.start(TextMethods.BIDI));

      context.cancel(new RuntimeException("gone"));
    }

    assertThat(fixture.stream().commands).containsExactly("start()", "cancel(CANCELLED)");
    assertThat(listener.events).containsExactly("close(CANCELLED)");
    assertThat(listener.end().getCause()).hasMessage("gone");
  }

  @Test
  void aContextCancelledBeforeHalfCloseEndsAOneMessageCall() {
    try (Context.CancellableContext context = Context.current().withCancellation()) {
      context.run(() -> fixture.start(TextMethods.UNARY));

      context.cancel(null);
    }

    assertThat(listener.events).containsExactly("close(CANCELLED)");
  }

  @Conforms("C058")
  @Test
  void callbacksRunInTheContextTheCallWasMadeIn() {
    Context.Key<String> key = Context.key("user");
    String[] seen = {"", ""};
    Context.current().withValue(key, "alice").run(() -> fixture.unary("hello"));
    listener.duringMessage = () -> seen[0] = key.get();
    listener.duringClose = () -> seen[1] = key.get();

    fixture.stream().respond("world");

    assertThat(seen).containsExactly("alice", "alice");
    assertThat(key.get()).isNull();
  }
}
