// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.message.Messages;
import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.testing.FakeStream;
import dev.clientconn.testing.TextMethods;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Retries that the application does not notice (gRFC A6, transparent retries). */
class TransparentRetryTest {
  private static final int MIB = 1024 * 1024;
  private static final Status GONE = Status.UNAVAILABLE.withDescription("connection lost");

  private final CallFixture fixture = new CallFixture();

  @Conforms("T101")
  @Test
  void aCallThatNeverLeftIsSentAgainEachTime() {
    fixture.unary("hello");

    for (int i = 0; i < 5; i++) {
      fixture.stream().close(GONE, StreamProgress.NOT_SENT);
    }
    fixture.stream().respond("world");

    assertThat(fixture.transport.streams)
        .hasSize(6)
        .allSatisfy(stream -> assertThat(stream.commands).containsExactly("start(hello,end)"));
    assertThat(fixture.listener.events).containsExactly("headers", "message(world)", "close(OK)");
    assertThat(fixture.callsStarted).isOne();
    assertThat(fixture.callsEnded).isOne();
  }

  @Test
  void aRefusedCallIsSentAgainOnce() {
    fixture.unary("hello");

    fixture.stream().close(GONE, StreamProgress.REFUSED);
    assertThat(fixture.listener.events).isEmpty();
    fixture.stream().close(GONE, StreamProgress.REFUSED);

    assertThat(fixture.transport.streams).hasSize(2);
    assertThat(fixture.listener.events).containsExactly("close(UNAVAILABLE)");
  }

  @Test
  void aCallThatMayHaveBeenProcessedIsNotSentAgain() {
    fixture.unary("hello");

    fixture.stream().close(GONE, StreamProgress.PROCESSED);

    assertThat(fixture.transport.streams).hasSize(1);
    assertThat(fixture.listener.events).containsExactly("close(UNAVAILABLE)");
  }

  @Test
  void aCallWithResponseHeadersIsNotSentAgain() {
    fixture.unary("hello");
    fixture.stream().responseHeaders();

    fixture.stream().close(GONE, StreamProgress.REFUSED);

    assertThat(fixture.transport.streams).hasSize(1);
    assertThat(fixture.listener.events).containsExactly("headers", "close(UNAVAILABLE)");
  }

  @Test
  void sendingInVainStopsAtACap() {
    fixture.unary("hello");

    for (int i = 0; i <= CallRetries.MAX_UNSENT; i++) {
      fixture.stream().close(GONE, StreamProgress.NOT_SENT);
    }

    assertThat(fixture.transport.streams).hasSize(1 + CallRetries.MAX_UNSENT);
    assertThat(fixture.listener.events).containsExactly("close(UNAVAILABLE)");
  }

  @Test
  void aStreamingCallRepeatsWhatWasWrittenAndGoesOn() {
    var call = fixture.start(TextMethods.BIDI);
    call.sendMessage("a");
    fixture.withoutTransport();
    fixture.stream().close(GONE, StreamProgress.REFUSED);
    call.sendMessage("b");
    assertThat(call.isReady()).isFalse();

    fixture.source.complete(fixture.transport);
    call.sendMessage("c");
    call.halfClose();

    assertThat(fixture.stream().commands)
        .containsExactly("start(a)", "write(b)", "write(c)", "halfClose");
  }

  @Test
  void aStreamingCallOverTheRetryBufferIsCommitted() {
    var call = fixture.start(TextMethods.BIDI);
    call.sendMessage("x".repeat(MIB));

    fixture.stream().close(GONE, StreamProgress.REFUSED);

    assertThat(fixture.transport.streams).hasSize(1);
    assertThat(fixture.listener.events).containsExactly("close(UNAVAILABLE)");
  }

  @Test
  void aRequestOverTheLimitOfACallIsNotSentAgain() {
    fixture.unary("x".repeat(MIB - 5));
    fixture.unary("x".repeat(MIB - 4));

    fixture.transport.streams.get(0).close(GONE, StreamProgress.REFUSED);
    assertThat(fixture.transport.streams).hasSize(3);
    fixture.transport.streams.get(1).close(GONE, StreamProgress.REFUSED);

    assertThat(fixture.transport.streams).hasSize(3);
    assertThat(fixture.listener.events).containsExactly("close(UNAVAILABLE)");
  }

  @Test
  void aRequestOverTheLimitThatHasNotBeenSentIsSentElsewhere() {
    long before = Messages.bytesInUse();
    fixture.transport.sends = false;
    fixture.unary("x".repeat(2 * MIB));
    assertThat(fixture.keptBytes.total()).isZero();

    fixture.stream().close(GONE, StreamProgress.NOT_SENT);
    fixture.stream().close(GONE, StreamProgress.NOT_SENT);

    assertThat(fixture.transport.streams).hasSize(3);
    assertThat(fixture.stream().commands).containsExactly("start(2097152 bytes,end)");
    fixture.stream().respond("world");
    assertThat(fixture.listener.events).containsExactly("headers", "message(world)", "close(OK)");
    assertThat(Messages.bytesInUse() - before).isNotPositive();
  }

  @Test
  void callsPastTheLimitOfTheChannelGoOnAndAreNotSentAgain() {
    fixture.keptBytes = new RetryBufferLimit(new RetryBufferLimit.Limits(MIB, 50_000));
    var first = fixture.start(TextMethods.BIDI);
    first.sendMessage("x".repeat(30_000));
    FakeStream kept = fixture.stream();
    var second = fixture.start(TextMethods.BIDI);
    second.sendMessage("x".repeat(30_000));
    FakeStream committed = fixture.stream();
    fixture.unary("x".repeat(30_000));
    FakeStream unary = fixture.stream();
    assertThat(fixture.keptBytes.total()).isEqualTo(30_005);

    second.sendMessage("more");
    assertThat(committed.commands).containsExactly("start()", "write(30000 bytes)", "write(more)");
    committed.close(GONE, StreamProgress.REFUSED);
    unary.close(GONE, StreamProgress.REFUSED);
    assertThat(fixture.transport.streams).hasSize(3);
    kept.close(GONE, StreamProgress.REFUSED);

    assertThat(fixture.transport.streams).hasSize(4);
    fixture.unary("x".repeat(10_000));
    fixture.stream().close(GONE, StreamProgress.REFUSED);
    assertThat(fixture.transport.streams)
        .as("released bytes can be used by other calls")
        .hasSize(6);
  }

  @Test
  void smallRequestsOfOneMessageAreNotCounted() {
    fixture.unary("x".repeat(SingleMessageRequest.UNCOUNTED - 5));
    assertThat(fixture.keptBytes.total()).isZero();

    fixture.unary("x".repeat(SingleMessageRequest.UNCOUNTED - 4));

    assertThat(fixture.keptBytes.total()).isEqualTo(SingleMessageRequest.UNCOUNTED + 1);
  }

  @Test
  void theBufferedBytesAreReleasedByEveryKindOfEnd() {
    List<Consumer<ClientCall<String, String>>> ends = List.of(
        call -> fixture.stream().responseHeaders(),
        call -> fixture.stream().close(GONE),
        call -> call.cancel("enough", null),
        call -> {
          fixture.stream().close(GONE, StreamProgress.REFUSED);
          fixture.stream().close(GONE, StreamProgress.REFUSED);
        },
        call -> fixture.stream().passDeadline("the test"));
    for (Consumer<ClientCall<String, String>> end : ends) {
      for (MethodDescriptor<String, String> method : List.of(TextMethods.UNARY, TextMethods.BIDI)) {
        var call = fixture.start(method);
        call.sendMessage("x".repeat(2_000));
        call.halfClose();
        assertThat(fixture.keptBytes.total()).isEqualTo(2_005);

        end.accept(call);

        assertThat(fixture.keptBytes.total()).isZero();
      }
    }
  }

  @Test
  void messagesOfACallThatNeverGetsAStreamAreCountedUntilItEnds() {
    var call = fixture.withoutTransport().start(TextMethods.BIDI);
    call.sendMessage("x".repeat(3 * MIB));
    assertThat(fixture.keptBytes.total()).isEqualTo(3 * MIB + 5);

    call.cancel("enough", null);

    assertThat(fixture.keptBytes.total()).isZero();
  }

  @Test
  void messagesWaitingForAPickAreAllSentHoweverMany() {
    var call = fixture.withoutTransport().start(TextMethods.BIDI);
    call.sendMessage("x".repeat(MIB));
    call.sendMessage("b");

    fixture.source.complete(fixture.transport);
    call.sendMessage("c");

    assertThat(fixture.stream().commands)
        .containsExactly("start(1048576 bytes)", "write(b)", "write(c)");
  }

  @Test
  void aCancelledCallIsNotSentAgain() {
    var call = fixture.withoutTransport().unary("hello");
    fixture.source.complete(fixture.transport);
    fixture.stream().close(GONE, StreamProgress.NOT_SENT);
    assertThat(fixture.source.waiting).hasSize(1);

    call.cancel("enough", null);

    assertThat(fixture.source.waiting).isEmpty();
    assertThat(fixture.listener.events).containsExactly("close(CANCELLED)");
    assertThat(fixture.callsEnded).isOne();
  }

  @Test
  void theApplicationsMetadataIsLeftAsItWas() {
    Metadata headers = new Metadata();
    var events = new RecordingTracers();
    events.addsHeader = true;
    fixture.options = fixture.options.withStreamTracerFactory(events);
    var call = fixture.newCall(TextMethods.BIDI);
    call.start(fixture.listener, headers);

    fixture.stream().close(GONE, StreamProgress.REFUSED);

    assertThat(headers.keys()).isEmpty();
    assertThat(fixture.stream().headers.metadata().getAll(RecordingTracers.KEY)).hasSize(1);
  }
}
