// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.serviceconfig.MethodConfig;
import dev.clientconn.testing.FakeStream;
import dev.clientconn.testing.TextMethods;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Calls that are started before the service config is known. */
class PendingCallTest {
  private static final Status REASON = Status.UNAVAILABLE.withDescription("Channel shutdownNow");

  private final CallFixture fixture = new CallFixture();
  private final RecordingListener listener = fixture.listener;

  private PendingCall<String, String> start(MethodDescriptor<String, String> method) {
    PendingCall<String, String> call = fixture.newPendingCall(method);
    call.start(listener, new Metadata());
    return call;
  }

  private PendingCall<String, String> unary() {
    PendingCall<String, String> call = start(TextMethods.UNARY);
    call.request(2);
    call.sendMessage("hello");
    call.halfClose();
    return call;
  }

  private void deadline(long millis) {
    fixture.options = CallOptions.DEFAULT.withDeadline(
        fixture.clock.deadlineAfter(millis, TimeUnit.MILLISECONDS));
  }

  @Test
  void ageIsMeasuredByTheClockOfTheChannel() {
    unary();
    fixture.clock.advance(30, TimeUnit.MILLISECONDS);

    assertThat(fixture.gate.waiting())
        .singleElement()
        .extracting(WaitingCall::ageNanos)
        .isEqualTo(OptionalLong.of(30_000_000));
  }

  @Test
  void doesNothingUntilTheConfigIsKnownAndThenAllOfItWithThatConfig() {
    unary();
    assertThat(fixture.gateWaits).isOne();
    assertThat(fixture.gate.waitingCalls()).isOne();
    assertThat(fixture.callsStarted).isOne();
    assertThat(fixture.source.picks).isZero();

    fixture.config = new MethodConfig(null, null, null, 77);
    fixture.gate.open();
    fixture.gate.open();

    assertThat(fixture.stream().commands).containsExactly("start(hello,end)");
    assertThat(fixture.stream().headers.maxInboundMessageSize()).isEqualTo(77);
    assertThat(fixture.gate.waitingCalls()).isZero();
    fixture.stream().respond("you");
    assertThat(listener.events).containsExactly("headers", "message(you)", "close(OK)");
    assertThat(fixture.callsStarted).isEqualTo(2);
    assertThat(fixture.callsEnded).isEqualTo(2);
  }

  @Test
  void whatFollowsTheConfigGoesStraightToTheCall() {
    PendingCall<String, String> call = start(TextMethods.BIDI);
    call.sendMessage("a");
    assertThat(call.isReady()).isFalse();
    assertThat(call.getAttributes()).isEqualTo(Attributes.EMPTY);

    fixture.gate.open();
    call.request(1);
    call.setMessageCompression(true);
    call.sendMessage("b");
    call.halfClose();

    assertThat(fixture.stream().commands)
        .containsExactly("start()", "write(a)", "write(b)", "halfClose");
    assertThat(call.isReady()).isFalse();
    assertThat(fixture.stream().demands).isOne();
  }

  @Test
  void isReadyOnceTheStreamIs() {
    PendingCall<String, String> call = start(TextMethods.BIDI);
    fixture.gate.open();

    assertThat(call.isReady()).isTrue();
  }

  @Test
  void callsBeginInTheOrderOfTheirStart() {
    for (String text : new String[] {"a", "b", "c"}) {
      PendingCall<String, String> call = start(TextMethods.UNARY);
      call.sendMessage(text);
      call.halfClose();
    }

    fixture.gate.open();

    assertThat(fixture.transport.streams)
        .extracting(stream -> stream.commands.get(0))
        .containsExactly("start(a,end)", "start(b,end)", "start(c,end)");
  }

  @Test
  void aCallThatMeetsAnOpenGateBeginsAtOnce() {
    PendingCall<String, String> call = fixture.newPendingCall(TextMethods.UNARY);
    fixture.gate.open();

    call.start(listener, new Metadata());
    call.sendMessage("hello");
    call.halfClose();

    assertThat(fixture.stream().commands).containsExactly("start(hello,end)");
    assertThat(fixture.gateWaits).isZero();
  }

  @Test
  void theDeadlineRunsWhileItWaits() {
    deadline(500);
    PendingCall<String, String> call = unary();

    fixture.clock.advance(500, TimeUnit.MILLISECONDS);
    fixture.gate.open();

    assertThat(listener.events).containsExactly("close(DEADLINE_EXCEEDED)");
    assertThat(listener.description())
        .isEqualTo("CallOptions deadline exceeded after 0.500000000s."
            + " [waited for name resolution of server:50051; 500 ms name resolution; 0 attempts]");
    assertThat(call.isReady()).isFalse();
    assertThat(fixture.source.picks).isZero();
    assertThat(fixture.callsEnded).isEqualTo(fixture.callsStarted);
  }

  @Test
  void aDeadlineThatHasPassedAtStartDoesNotWait() {
    deadline(500);
    fixture.clock.advance(1, TimeUnit.SECONDS);

    unary();

    assertThat(listener.description())
        .startsWith("ClientCall started after CallOptions deadline was exceeded");
    assertThat(fixture.gateWaits).isZero();
    assertThat(fixture.gate.waitingCalls()).isZero();
  }

  @Test
  void theTimerIsGivenBackWhenTheCallBegins() {
    deadline(500);
    start(TextMethods.BIDI);
    assertThat(fixture.clock.pendingTimers()).isOne();

    fixture.gate.open();

    assertThat(fixture.clock.pendingTimers()).isZero();
  }

  @Test
  void timersThatAreShutDownEndIt() {
    deadline(500);
    fixture.clock.rejects = true;

    unary();

    assertThat(listener.events).containsExactly("close(UNAVAILABLE)");
    assertThat(fixture.gate.waitingCalls()).isZero();
  }

  @Test
  void aCancelEndsItAsItDoesAnyCall() {
    RuntimeException cause = new RuntimeException("gone");
    PendingCall<String, String> call = unary();

    call.cancel("enough", cause);
    call.cancel("again", null);
    fixture.gate.open();

    assertThat(listener.events).containsExactly("close(CANCELLED)");
    assertThat(listener.description())
        .isEqualTo("enough [waited for name resolution; 0 ms name resolution; 0 attempts]");
    assertThat(listener.end().getCause()).isSameAs(cause);
    assertThat(fixture.gate.waitingCalls()).isZero();
    assertThat(fixture.callsEnded).isEqualTo(fixture.callsStarted);
  }

  @Test
  void aCancelAfterTheConfigReachesTheStream() {
    PendingCall<String, String> call = start(TextMethods.BIDI);
    fixture.gate.open();

    call.cancel("enough", null);

    assertThat(fixture.stream().commands).containsExactly("start()", "cancel(CANCELLED)");
    assertThat(listener.events).containsExactly("close(CANCELLED)");
  }

  @Test
  void aCancelledContextEndsIt() {
    try (Context.CancellableContext context = Context.current().withCancellation()) {
      context.run(this::unary);

      context.cancel(new RuntimeException("gone"));
    }

    assertThat(listener.events).containsExactly("close(CANCELLED)");
    assertThat(listener.end().getCause()).hasMessage("gone");
  }

  @Test
  void aContextThatWasCancelledBeforeTheStartEndsItAtOnce() {
    try (Context.CancellableContext context = Context.current().withCancellation()) {
      context.cancel(new RuntimeException("gone"));
      context.run(this::unary);
    }

    assertThat(listener.events).containsExactly("close(CANCELLED)");
    assertThat(fixture.gate.waitingCalls()).isZero();
  }

  @Test
  void theEndOfTheChannelEndsItAlsoWhileItWaitsForItsExecutor() {
    fixture.onExecutor();
    unary();
    fixture.gate.open();
    assertThat(fixture.source.picks).isZero();

    fixture.gate.end(REASON);
    assertThat(fixture.callsEnded).isEqualTo(fixture.callsStarted);
    fixture.executor.runAll();

    assertThat(listener.events).containsExactly("close(UNAVAILABLE)");
    assertThat(listener.end()).isSameAs(REASON);
    assertThat(fixture.source.picks).isZero();
  }

  @Test
  void aCallThatComesAfterTheEndBeginsAndFailsLikeAnyOther() {
    fixture.gate.end(REASON);
    fixture.unsent.end(REASON);

    unary();

    assertThat(listener.end()).isSameAs(REASON);
  }

  @Test
  void beginsOnTheCallsExecutorAndInItsContext() {
    Context context = Context.current().withValue(Context.key("user"), "alice");
    Context[] seen = new Context[1];
    MethodDescriptor<String, String> method =
        TextMethods.of(MethodType.UNARY, new TextMethods.TextMarshaller() {
          @Override
          public InputStream stream(String value) {
            seen[0] = Context.current();
            return super.stream(value);
          }
        });
    fixture.onExecutor();
    context.run(() -> start(method).sendMessage("hello"));

    fixture.gate.open();
    assertThat(seen[0]).isNull();
    fixture.executor.runAll();

    assertThat(seen[0]).isSameAs(context);
  }

  @Test
  void itIsReadyWhenOnReadyIsCalledHoweverSoonTheStreamIs() {
    fixture.transport.duringStart = FakeStream::becomeReady;
    PendingCall<String, String> call = start(TextMethods.BIDI);
    call.request(1);
    List<Boolean> ready = new ArrayList<>();
    listener.duringReady = () -> {
      ready.add(call.isReady());
      call.sendMessage("hello");
      fixture.stream().ready = false;
    };

    fixture.gate.open();

    assertThat(ready).containsExactly(true);
    assertThat(fixture.stream().commands).containsExactly("start()", "write(hello)");
  }

  @Test
  void itsAttributesAreThereWhenTheHeadersAre() {
    Attributes attributes =
        Attributes.newBuilder().set(Attributes.Key.create("key"), "value").build();
    fixture.transport.attributes = attributes;
    fixture.transport.duringStart = FakeStream::responseHeaders;
    PendingCall<String, String> call = start(TextMethods.BIDI);
    List<Attributes> seen = new ArrayList<>();
    listener.duringHeaders = () -> seen.add(call.getAttributes());

    fixture.gate.open();

    assertThat(seen).containsExactly(attributes);
  }

  @Test
  void anExecutorThatRejectsEndsItWithThatCause() {
    fixture.onExecutor();
    unary();
    fixture.executor.rejects = true;

    fixture.gate.open();
    fixture.stream().respond("you");

    assertThat(listener.events).hasSize(1);
    assertThat(fixture.gate.waitingCalls()).isZero();
    assertThat(fixture.callsEnded).isEqualTo(fixture.callsStarted);
  }

  @Test
  void aMarshallersErrorEndsItWithThatCause() {
    Error error = new NoClassDefFoundError("codec");
    PendingCall<String, String> call =
        start(TextMethods.of(MethodType.UNARY, new TextMethods.TextMarshaller() {
          @Override
          public InputStream stream(String value) {
            throw error;
          }
        }));
    call.sendMessage("hello");
    call.halfClose();

    fixture.gate.open();

    assertThat(listener.events).containsExactly("close(CANCELLED)");
    assertThat(listener.end().getCause()).isSameAs(error);
  }

  @Conforms("C005")
  @Test
  void tracersLearnHowLongNameResolutionDelayedIt() {
    RecordingTracers tracers = new RecordingTracers();
    fixture.options = CallOptions.DEFAULT.withStreamTracerFactory(tracers);
    unary();

    fixture.gate.open();

    assertThat(tracers.options).isNotNull();
    assertThat(tracers.options.getOption(ClientStreamTracer.NAME_RESOLUTION_DELAYED))
        .isNotNegative();
  }

  @Test
  void theOrderOfMethodsIsGuarded() {
    PendingCall<String, String> call = fixture.newPendingCall(TextMethods.BIDI);
    assertThatThrownBy(() -> call.sendMessage("x")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(call::halfClose).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> call.request(1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> call.setMessageCompression(true))
        .isInstanceOf(IllegalStateException.class);

    call.start(listener, new Metadata());
    assertThatThrownBy(() -> call.start(listener, new Metadata()))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> call.request(-1)).isInstanceOf(IllegalArgumentException.class);
    call.halfClose();
    assertThatThrownBy(() -> call.sendMessage("x")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(call::halfClose).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aCancelBeforeStartForbidsStarting() {
    PendingCall<String, String> call = fixture.newPendingCall(TextMethods.BIDI);

    call.cancel("enough", null);

    assertThatThrownBy(() -> call.start(listener, new Metadata()))
        .isInstanceOf(IllegalStateException.class);
    assertThat(fixture.callsStarted).isZero();
  }
}
