// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.message.Messages;
import dev.clientconn.internal.serviceconfig.MethodConfig;
import dev.clientconn.internal.serviceconfig.RetryPolicy;
import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.testing.TextMethods;
import dev.clientconn.transport.TransportListener.RepeatReason;
import io.grpc.Attributes;
import io.grpc.CallCredentials;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A call that a policy retries ends once, whatever ends it in whichever attempt or backoff, and
 * leaves no timer and no buffered byte.
 */
class RetryEndTest {
  private static final Status DOWN = Status.UNAVAILABLE.withDescription("down");
  private static final RetryPolicy POLICY =
      new RetryPolicy(4, 100_000_000, 1_000_000_000, 2, Set.of(Code.UNAVAILABLE));
  private static final int BACKOFF = 100;

  private final CallFixture fixture = new CallFixture();
  private final RecordingTracers tracers = new RecordingTracers();

  RetryEndTest() {
    fixture.config = new MethodConfig(null, null, null, null, POLICY, null, false);
  }

  private void advance(long millis) {
    fixture.clock.advance(millis, TimeUnit.MILLISECONDS);
  }

  private void assertEndedOnce(Code code) {
    assertThat(fixture.listener.events).containsExactly("close(" + code + ")");
    advance(100_000);
    assertThat(fixture.listener.events).hasSize(1);
    assertThat(fixture.callsEnded).isOne();
    assertThat(fixture.clock.pendingTimers()).isZero();
    assertThat(fixture.keptBytes.total()).isZero();
  }

  // ---- In the backoff

  @Test
  void aCancelInTheBackoffEndsTheCall() {
    var call = fixture.unary("x".repeat(2000));
    fixture.stream().close(DOWN);

    call.cancel("enough", null);

    assertThat(fixture.clock.pendingTimers()).isZero();
    assertThat(fixture.listener.description())
        .isEqualTo("enough [waited for the backoff before a retry; 0 ms retry backoff; 1 attempt]");
    assertEndedOnce(Code.CANCELLED);
    assertThat(fixture.transport.streams).hasSize(1);
  }

  @Test
  void aContextThatIsCancelledInTheBackoffEndsTheCall() {
    Context.CancellableContext context = Context.current().withCancellation();
    context.run(() -> fixture.unary("hello"));
    fixture.stream().close(DOWN);

    context.cancel(new IllegalStateException("gone"));

    assertEndedOnce(Code.CANCELLED);
  }

  @Test
  void aDeadlineInTheBackoffEndsTheCallAndSaysWhatItWaitedFor() {
    fixture.options = fixture.options.withDeadline(
        fixture.clock.deadlineAfter(BACKOFF / 2, TimeUnit.MILLISECONDS));
    fixture.unary("hello");
    advance(12);
    fixture.stream().close(DOWN);

    advance(BACKOFF / 2 - 12);

    assertThat(fixture.listener.description())
        .contains(
            "[waited for the backoff before a retry; 38 ms retry backoff, 12 ms turn; 1 attempt]")
        .endsWith(" [1 of 4 attempts: UNAVAILABLE after 12 ms]");
    assertEndedOnce(Code.DEADLINE_EXCEEDED);
    assertThat(fixture.transport.streams).hasSize(1);
  }

  @Conforms("C060a")
  @Test
  void theEndOfTheChannelEndsTheBackoff() {
    fixture.unary("hello");
    fixture.stream().close(DOWN);

    fixture.unsent.end(Status.UNAVAILABLE.withDescription("shutdownNow"));

    assertThat(fixture.listener.description())
        .isEqualTo("shutdownNow [1 of 4 attempts: UNAVAILABLE after 0 ms]");
    assertEndedOnce(Code.UNAVAILABLE);
  }

  @Test
  void anEndedChannelRetriesNothing() {
    fixture.unary("hello");
    fixture.unsent.end(Status.UNAVAILABLE.withDescription("shutdownNow"));

    fixture.stream().close(DOWN);

    assertThat(fixture.listener.description()).isEqualTo("down");
    assertEndedOnce(Code.UNAVAILABLE);
  }

  @Test
  void timersThatRejectTheBackoffEndTheCall() {
    fixture.unary("hello");
    fixture.clock.rejects = true;

    fixture.stream().close(DOWN);

    assertThat(fixture.listener.description()).startsWith("The channel is shut down");
    assertEndedOnce(Code.UNAVAILABLE);
  }

  @Test
  void whatIsWrittenAfterTheEndInABackoffIsReleased() {
    long before = Messages.bytesInUse();
    var call = fixture.start(TextMethods.BIDI);
    call.sendMessage("x".repeat(50_000));
    fixture.stream().close(DOWN);
    fixture.unsent.end(Status.UNAVAILABLE);

    call.sendMessage("x".repeat(50_000));
    call.halfClose();

    assertThat(fixture.keptBytes.total()).isZero();
    assertThat(Messages.bytesInUse() - before).isNotPositive();
    assertEndedOnce(Code.UNAVAILABLE);
  }

  // ---- In the attempts

  @Test
  void theDeadlineOfALaterAttemptListsTheEarlierOnes() {
    fixture.unary("hello");
    fixture.stream().close(DOWN);
    advance(BACKOFF);
    advance(7);

    fixture.options = fixture.options.withDeadlineAfter(1, TimeUnit.SECONDS);
    fixture.stream().passDeadline("the server's response");

    assertThat(fixture.listener.description())
        .endsWith("[2 of 4 attempts: UNAVAILABLE after 0 ms, DEADLINE_EXCEEDED after 7 ms]");
    assertEndedOnce(Code.DEADLINE_EXCEEDED);
  }

  @Test
  void aCancelOfALaterAttemptEndsTheCallOnce() {
    var call = fixture.unary("hello");
    fixture.stream().close(DOWN);
    advance(BACKOFF);

    call.cancel("enough", null);

    assertEndedOnce(Code.CANCELLED);
  }

  @Test
  void aCancelThatMeetsARetryableFailureEndsTheCall() {
    var call = fixture.unary("hello");
    fixture.stream().confirmsCancel = false;
    call.cancel("enough", null);

    fixture.stream().close(DOWN);

    assertEndedOnce(Code.CANCELLED);
    assertThat(fixture.transport.streams).hasSize(1);
  }

  @Test
  void aCancelWhileALaterAttemptStartsEndsTheCallOnce() {
    var call = fixture.start(TextMethods.BIDI);
    call.sendMessage("x".repeat(2000));
    fixture.stream().close(DOWN);
    fixture.transport.duringStart = stream -> call.cancel("enough", null);

    advance(BACKOFF);

    assertEndedOnce(Code.CANCELLED);
    assertThat(fixture.stream().cancelReason).isNotNull();
  }

  @Test
  void aCancelWhileTheNextTracerIsMadeEndsTheCallAndTheTracer() {
    fixture.options = fixture.options.withStreamTracerFactory(tracers);
    ClientCallImpl<String, String> traced = fixture.newCall(TextMethods.UNARY);
    tracers.duringNew = () -> {
      if (tracers.events.size() > 1) {
        traced.cancel("enough", null);
      }
    };
    traced.start(fixture.listener, new Metadata());
    traced.request(2);
    traced.sendMessage("hello");
    traced.halfClose();
    fixture.stream().close(DOWN);

    advance(BACKOFF);

    assertThat(tracers.events).endsWith("new 1", "closed(CANCELLED)");
    assertEndedOnce(Code.CANCELLED);
  }

  @Test
  void aCancelledLaterAttemptIsReportedToItsTracer() {
    fixture.options = fixture.options.withStreamTracerFactory(tracers);
    var call = fixture.unary("hello");
    fixture.stream().close(DOWN);
    advance(BACKOFF);

    call.cancel("enough", null);

    assertThat(tracers.events.stream().filter(e -> e.startsWith("closed")))
        .containsExactly("closed(UNAVAILABLE)", "closed(CANCELLED)");
  }

  @Test
  void aListenerMayCancelInTheHeadersOfALaterAttempt() {
    var call = fixture.unary("hello");
    fixture.listener.duringHeaders = () -> call.cancel("enough", null);
    fixture.stream().close(DOWN);
    advance(BACKOFF);

    fixture.stream().responseHeaders();

    assertThat(fixture.listener.events).containsExactly("headers", "close(CANCELLED)");
    assertThat(fixture.callsEnded).isOne();
  }

  @Test
  void aStreamThatFailsWhileItStartsIsRetried() {
    fixture.transport.duringStart = stream -> {
      if (fixture.transport.streams.size() < 3) {
        stream.close(DOWN);
      }
    };
    fixture.unary("hello");
    advance(BACKOFF);
    advance(2 * BACKOFF);

    fixture.stream().respond("world");

    assertThat(fixture.transport.streams).hasSize(3);
    assertThat(fixture.listener.events).containsExactly("headers", "message(world)", "close(OK)");
    assertThat(fixture.callsEnded).isOne();
  }

  @Test
  void anExecutorThatThrowsEndsTheCallOnce() {
    fixture.options = fixture.options.withExecutor(command -> {
      throw new RejectedExecutionException("full");
    });
    fixture.unary("hello");
    fixture.stream().close(DOWN);
    advance(BACKOFF);

    fixture.stream().respond("world");

    assertThat(fixture.listener.events).hasSize(1);
    assertThat(fixture.callsEnded).isOne();
  }

  @Test
  void nothingOfAFailedAttemptReachesTheListener() {
    var call = fixture.start(TextMethods.BIDI);
    call.request(1);
    fixture.stream().batch(() -> {
      fixture.stream().becomeReady();
      fixture.stream().close(DOWN);
    });
    assertThat(fixture.listener.events).isEmpty();

    advance(BACKOFF);
    fixture.stream().respond("world");

    assertThat(fixture.listener.events).containsExactly("headers", "message(world)", "close(OK)");
  }

  @Test
  void theTrailersOfTheLastAttemptAreDelivered() {
    Metadata trailers = new Metadata();
    trailers.put(RecordingTracers.KEY, "last");
    fixture.unary("hello");
    fixture.stream().close(DOWN, StreamProgress.PROCESSED, new Metadata());
    advance(BACKOFF);

    fixture.stream().close(Status.NOT_FOUND, StreamProgress.PROCESSED, trailers);

    assertThat(fixture.listener.trailers).isSameAs(trailers);
  }

  @Test
  void theResponseSaysHowManyAttemptsThereWereBefore() {
    List<String> counts = new ArrayList<>();
    Metadata.Key<String> key =
        Metadata.Key.of("grpc-previous-rpc-attempts", Metadata.ASCII_STRING_MARSHALLER);
    var call = fixture.newCall(TextMethods.UNARY);
    call.start(
        new io.grpc.ClientCall.Listener<String>() {
          @Override
          public void onHeaders(Metadata headers) {
            Objects.requireNonNull(headers.getAll(key)).forEach(counts::add);
          }
        },
        new Metadata());
    call.request(2);
    call.sendMessage("hello");
    call.halfClose();
    fixture.stream().close(DOWN);
    advance(BACKOFF);

    fixture.stream().responseHeaders("grpc-previous-rpc-attempts", "77");

    assertThat(counts).containsExactly("1");
  }

  // ---- Attempts without a stream

  @Test
  void aFailedPickIsRetried() {
    fixture.withoutTransport().unary("hello");

    fixture.source.waiting.remove(0).onFailed(DOWN);
    assertThat(fixture.listener.events).isEmpty();
    advance(BACKOFF);
    fixture.source.complete(fixture.transport);
    fixture.stream().respond("world");

    assertThat(fixture.stream().headers.previousAttempts()).isOne();
    assertThat(fixture.listener.events).endsWith("close(OK)");
  }

  @Test
  void aPickThatFailsAfterTheEndOfTheChannelIsNotRetried() {
    fixture.withoutTransport().unary("hello");
    fixture.unsent.end(Status.UNAVAILABLE.withDescription("shutdownNow"));

    fixture.source.waiting.remove(0).onFailed(DOWN);

    assertThat(fixture.listener.description()).isEqualTo("down");
    assertEndedOnce(Code.UNAVAILABLE);
  }

  @Test
  void aCallInABackoffHasNoConnection() {
    fixture.transport.attributes = Attributes.newBuilder()
        .set(Attributes.Key.create("of the connection"), "yes")
        .build();
    var call = fixture.unary("hello");
    assertThat(call.getAttributes()).isNotEqualTo(Attributes.EMPTY);

    fixture.stream().close(DOWN);

    assertThat(call.getAttributes()).isEqualTo(Attributes.EMPTY);
  }

  @Conforms("C041")
  @Test
  void aDroppedCallIsNotRetried() {
    fixture.withoutTransport().unary("hello");

    fixture.source.waiting.remove(0).onDropped(DOWN);

    assertThat(fixture.listener.description()).isEqualTo("down");
    assertEndedOnce(Code.UNAVAILABLE);
  }

  @Test
  void aRetryThatIsDroppedEndsTheCall() {
    fixture.unary("hello");
    fixture.withoutTransport();
    fixture.stream().close(DOWN);
    advance(BACKOFF);

    fixture.source.waiting.remove(0).onDropped(Status.UNAVAILABLE.withDescription("too many"));

    assertThat(fixture.listener.description())
        .isEqualTo("too many [2 of 4 attempts: UNAVAILABLE after 0 ms, UNAVAILABLE after 0 ms]");
    assertEndedOnce(Code.UNAVAILABLE);
  }

  @Test
  void failedCredentialsAreAskedAgain() {
    List<CallCredentials.MetadataApplier> asked = new ArrayList<>();
    fixture.options = fixture.options.withCallCredentials(new CallCredentials() {
      @Override
      public void applyRequestMetadata(RequestInfo info, Executor on, MetadataApplier applier) {
        asked.add(applier);
      }
    });
    fixture.unary("hello");

    asked.get(0).fail(DOWN);
    advance(BACKOFF);
    asked.get(1).apply(new Metadata());

    assertThat(fixture.stream().headers.previousAttempts()).isOne();
  }

  // ---- Transparent retries

  @Test
  void anAttemptThatHasEndedIsNotHeldByTheChannel() throws Exception {
    fixture.unary("hello");
    fixture.stream().close(DOWN);
    assertThat(fixture.waiting()).as("in the backoff").hasSize(1);

    advance(BACKOFF);

    assertThat(fixture.waiting()).isEmpty();
  }

  @Conforms("C072")
  @Test
  void transparentRetriesDoNotCountAndHaveNoBackoff() {
    fixture.unary("hello");

    fixture.stream().close(DOWN, StreamProgress.REFUSED);
    fixture.stream().close(DOWN, StreamProgress.NOT_SENT);
    assertThat(fixture.transport.streams).hasSize(3);
    fixture.stream().close(DOWN, StreamProgress.REFUSED);
    assertThat(fixture.transport.streams)
        .as("refused twice: the policy's backoff")
        .hasSize(3);
    advance(BACKOFF);

    assertThat(fixture.stream().headers.previousAttempts()).isOne();
    fixture.stream().close(DOWN, StreamProgress.NOT_SENT);
    assertThat(fixture.stream().headers.previousAttempts()).isOne();
    assertThat(fixture.transport.streams).hasSize(5);
    assertThat(fixture.repeated)
        .containsExactly(
            RepeatReason.TRANSPARENT_RETRY,
            RepeatReason.TRANSPARENT_RETRY,
            RepeatReason.RETRY,
            RepeatReason.TRANSPARENT_RETRY);
  }

  @Conforms("C072")
  @Test
  void aRefusalOfALaterAttemptWaitsForItsBackoff() {
    fixture.unary("hello");
    fixture.stream().close(DOWN);
    advance(BACKOFF);

    fixture.stream().close(DOWN, StreamProgress.REFUSED);

    assertThat(fixture.transport.streams).hasSize(2);
    advance(2 * BACKOFF);
    assertThat(fixture.transport.streams).hasSize(3);
  }

  // ---- Tracers

  @Conforms("C078")
  @Test
  void eachAttemptHasItsOwnTracerWhichIsMadeAfterTheBackoff() {
    fixture.options = fixture.options.withStreamTracerFactory(tracers);
    Metadata trailers = new Metadata();
    fixture.unary("hello");
    fixture.stream().close(DOWN, StreamProgress.PROCESSED, trailers);
    assertThat(tracers.events).endsWith("inboundTrailers", "closed(UNAVAILABLE)");

    advance(BACKOFF);
    fixture.stream().close(DOWN, StreamProgress.NOT_SENT);
    fixture.stream().respond("world");

    assertThat(tracers.events.stream().filter(e -> e.startsWith("new") || e.startsWith("closed")))
        .containsExactly(
            "new",
            "closed(UNAVAILABLE)",
            "new 1",
            "closed(UNAVAILABLE)",
            "new 1 again",
            "closed(OK)");
  }

  @Test
  void aTracerFactoryThatThrowsForARetryEndsTheCall() {
    List<ClientStreamTracer> made = new ArrayList<>();
    fixture.options = fixture.options.withStreamTracerFactory(new ClientStreamTracer.Factory() {
      @Override
      public ClientStreamTracer newClientStreamTracer(
          ClientStreamTracer.StreamInfo info, Metadata headers) {
        if (!made.isEmpty()) {
          throw new NoSuchMethodError("broken");
        }
        made.add(new ClientStreamTracer() {});
        return made.get(0);
      }
    });
    fixture.unary("hello");
    fixture.stream().close(DOWN);

    advance(BACKOFF);

    assertEndedOnce(Code.INTERNAL);
  }
}
