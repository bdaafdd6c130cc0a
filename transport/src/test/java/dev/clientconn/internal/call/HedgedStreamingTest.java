// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.serviceconfig.HedgingPolicy;
import dev.clientconn.internal.serviceconfig.MethodConfig;
import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.testing.FakeStream;
import dev.clientconn.testing.TextMethods;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How a hedged call sends several messages, and what it reports before an attempt has won. */
class HedgedStreamingTest {
  private static final int MIB = 1024 * 1024;

  private final CallFixture fixture = new CallFixture();

  HedgedStreamingTest() {
    usePolicy(3);
  }

  private void usePolicy(int attempts) {
    HedgingPolicy policy =
        new HedgingPolicy(attempts, TimeUnit.MILLISECONDS.toNanos(100), Set.of(Code.UNAVAILABLE));
    fixture.config = new MethodConfig(null, null, null, null, null, policy, false);
  }

  private FakeStream attempt(int index) {
    return fixture.transport.streams.get(index);
  }

  private void advance(long millis) {
    fixture.clock.advance(millis, TimeUnit.MILLISECONDS);
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(fixture.callsEnded).as("ends").isEqualTo(fixture.callsStarted);
    assertThat(fixture.clock.pendingTimers()).as("timers").isZero();
    assertThat(fixture.keptBytes.total()).as("retained bytes").isZero();
    assertThat(fixture.transport.open()).as("streams").isEmpty();
  }

  // ---- Sending

  @Test
  void anAttemptGetsWhatWasWrittenAndThenWhatIsWritten() {
    ClientCall<String, String> call = fixture.start(TextMethods.BIDI);
    call.sendMessage("a");
    call.sendMessage("b");

    advance(100);
    call.sendMessage("c");
    call.halfClose();

    assertThat(attempt(0).commands)
        .containsExactly("start()", "write(a)", "write(b)", "write(c)", "halfClose");
    assertThat(attempt(1).commands)
        .containsExactly("start(a)", "write(b)", "write(c)", "halfClose");
    attempt(1).respond("world");
  }

  @Test
  void anAttemptAfterTheHalfCloseSendsAll() {
    ClientCall<String, String> call = fixture.start(TextMethods.BIDI);
    call.sendMessage("a");
    call.halfClose();
    advance(100);
    assertThat(attempt(1).commands).containsExactly("start(a,end)");

    call.cancel("enough", null);
    assertThat(fixture.listener.events).containsExactly("close(CANCELLED)");
  }

  @Test
  void anAttemptAfterAnEmptyRequestSendsItsEnd() {
    ClientCall<String, String> call = fixture.start(TextMethods.BIDI);
    call.halfClose();

    advance(100);

    assertThat(attempt(1).commands).containsExactly("start(,end)");
    attempt(0).respond("world");
  }

  @Test
  void afterTheCommitMessagesGoToTheWinnerOnly() {
    ClientCall<String, String> call = fixture.start(TextMethods.BIDI);
    call.sendMessage("a");
    advance(100);

    attempt(0).responseHeaders();
    call.sendMessage("b");
    call.halfClose();

    assertThat(attempt(0).commands).containsExactly("start()", "write(a)", "write(b)", "halfClose");
    assertThat(attempt(1).commands).containsExactly("start(a)", "cancel(CANCELLED)");
    assertThat(fixture.keptBytes.total()).isZero();
    attempt(0).close(Status.OK);
  }

  @Test
  void messagesWaitForTheFirstTransport() {
    fixture.withoutTransport();
    ClientCall<String, String> call = fixture.start(TextMethods.BIDI);
    call.sendMessage("a");
    advance(100);

    fixture.source.complete(fixture.transport);
    call.sendMessage("b");
    fixture.source.complete(fixture.transport);

    assertThat(attempt(0).commands).containsExactly("start(a)", "write(b)");
    assertThat(attempt(1).commands).containsExactly("start(a)", "write(b)");
    attempt(1).respond("world");
  }

  @Test
  void anAttemptThatWinsWhileItIsStartedGetsTheRest() {
    ClientCall<String, String> call = fixture.start(TextMethods.BIDI);
    call.sendMessage("a");
    call.sendMessage("b");
    fixture.transport.duringStart = FakeStream::responseHeaders;

    advance(100);
    call.sendMessage("c");

    assertThat(attempt(1).commands).containsExactly("start(a)", "write(b)", "write(c)");
    assertThat(attempt(0).commands).endsWith("cancel(CANCELLED)");
    assertThat(fixture.keptBytes.total()).isZero();
    attempt(1).close(Status.OK);
  }

  @Test
  void anAttemptThatLosesWhileItIsStartedGetsNoMore() {
    ClientCall<String, String> call = fixture.start(TextMethods.BIDI);
    call.sendMessage("a");
    call.sendMessage("b");
    fixture.transport.duringStart = stream -> attempt(0).responseHeaders();

    advance(100);

    call.sendMessage("c");
    assertThat(attempt(1).commands).containsExactly("start(a)", "write(b)", "cancel(CANCELLED)");
    attempt(0).close(Status.OK);
    assertThat(fixture.listener.events).containsExactly("headers", "close(OK)");
  }

  @Test
  void aTransparentRetrySendsAll() {
    ClientCall<String, String> call = fixture.start(TextMethods.BIDI);
    call.sendMessage("a");
    call.sendMessage("b");

    attempt(0).close(Status.UNAVAILABLE, StreamProgress.REFUSED);
    call.sendMessage("c");

    assertThat(attempt(1).commands).containsExactly("start(a)", "write(b)", "write(c)");
    attempt(1).respond("world");
  }

  @Test
  void nothingIsWrittenToAttemptsThatHaveFailed() {
    ClientCall<String, String> call = fixture.start(TextMethods.BIDI);
    call.sendMessage("a");
    attempt(0).close(Status.UNAVAILABLE, StreamProgress.NOT_SENT);
    attempt(1).close(Status.UNAVAILABLE);

    call.sendMessage("b");
    call.halfClose();

    assertThat(attempt(0).commands).containsExactly("start()", "write(a)");
    assertThat(attempt(1).commands).containsExactly("start(a)");
    assertThat(attempt(2).commands).containsExactly("start(a)", "write(b)", "halfClose");
    attempt(2).respond("world");
  }

  @Test
  void messagesOfAnEndedCallAreReleased() {
    ClientCall<String, String> call = fixture.start(TextMethods.BIDI);
    call.sendMessage("a");
    attempt(0).close(Status.INTERNAL);

    call.sendMessage("b");
    call.halfClose();

    assertThat(fixture.listener.events).containsExactly("close(INTERNAL)");
  }

  // ---- Over the limit

  @Test
  void aCallOverTheLimitGoesOnWithTheAttemptThatHasSentMost() {
    ClientCall<String, String> call = fixture.start(TextMethods.BIDI);
    advance(100);
    attempt(0).ready = false;

    call.sendMessage("x".repeat(MIB));

    assertThat(attempt(0).commands).endsWith("cancel(CANCELLED)");
    advance(1000);
    assertThat(fixture.transport.streams).as("no further attempt").hasSize(2);
    assertThat(fixture.keptBytes.total()).isZero();
    call.sendMessage("y");
    assertThat(attempt(1).commands).endsWith("write(y)");
    attempt(1).responseHeaders();
    attempt(1).close(Status.OK);
    assertThat(fixture.listener.events).containsExactly("headers", "close(OK)");
  }

  @Test
  void aCallOverTheLimitFailsWithItsAttempt() {
    ClientCall<String, String> call = fixture.start(TextMethods.BIDI);
    call.sendMessage("x".repeat(MIB));

    attempt(0).close(Status.UNAVAILABLE, StreamProgress.REFUSED);

    assertThat(fixture.transport.streams).hasSize(1);
    assertThat(fixture.listener.events).containsExactly("close(UNAVAILABLE)");
  }

  @Test
  void aCallOverTheLimitDoesNotGoOnWithAStreamThatIsBeingReplaced() {
    Runnable[] duringClose = {() -> {}};
    fixture.options = CallOptions.DEFAULT.withStreamTracerFactory(new ClientStreamTracer.Factory() {
      @Override
      public ClientStreamTracer newClientStreamTracer(
          ClientStreamTracer.StreamInfo info, Metadata headers) {
        return new ClientStreamTracer() {
          @Override
          public void streamClosed(Status status) {
            duringClose[0].run();
          }
        };
      }
    });
    ClientCall<String, String> call = fixture.start(TextMethods.BIDI);
    duringClose[0] = () -> {
      duringClose[0] = () -> {};
      call.sendMessage("x".repeat(MIB));
    };

    attempt(0).close(Status.UNAVAILABLE, StreamProgress.NOT_SENT);

    assertThat(attempt(1).commands).containsExactly("start(1048576 bytes)");
    attempt(1).responseHeaders();
    attempt(1).close(Status.OK);
    assertThat(fixture.listener.events).containsExactly("headers", "close(OK)");
  }

  @Test
  void aCallOverTheLimitWithoutAStreamGoesOnWithTheFirst() {
    fixture.withoutTransport();
    ClientCall<String, String> call = fixture.start(TextMethods.BIDI);
    call.sendMessage("x".repeat(MIB));
    advance(100);
    assertThat(fixture.source.waiting).hasSize(2);

    fixture.source.complete(fixture.transport);

    assertThat(fixture.source.waiting).isEmpty();
    assertThat(fixture.keptBytes.total()).isZero();
    attempt(0).respond("world");
  }

  @Test
  void theLimitOfTheChannelCommitsToo() {
    fixture.keptBytes = new RetryBufferLimit(new RetryBufferLimit.Limits(MIB, 100));
    ClientCall<String, String> call = fixture.start(TextMethods.BIDI);
    advance(100);

    call.sendMessage("x".repeat(100));

    assertThat(attempt(1).commands).endsWith("cancel(CANCELLED)");
    attempt(0).respond("world");
  }

  @Test
  void anAttemptThatIsStartedWhileTheLimitIsExceededWins() {
    ClientCall<String, String> call = fixture.start(TextMethods.BIDI);
    attempt(0).close(Status.UNAVAILABLE);
    fixture.transport.duringStart = stream -> call.sendMessage("x".repeat(MIB));

    advance(1000);

    assertThat(fixture.transport.streams.size()).isLessThanOrEqualTo(3);
    fixture.transport.duringStart = stream -> {};
    call.cancel("enough", null);
  }

  // ---- What the application sees

  @Test
  void isReadyWhileAnyAttemptIs() {
    ClientCall<String, String> call = fixture.start(TextMethods.BIDI);
    assertThat(call.isReady()).isTrue();
    advance(100);

    attempt(0).ready = false;
    assertThat(call.isReady()).isTrue();
    attempt(1).ready = false;
    assertThat(call.isReady()).isFalse();
    attempt(1).becomeReady();
    assertThat(call.isReady()).isTrue();
    assertThat(fixture.listener.events).containsExactly("ready");

    attempt(0).responseHeaders();
    assertThat(call.isReady()).as("only the winner counts").isFalse();
    attempt(0).close(Status.OK);
  }

  @Test
  void readinessOfALoserIsNotReported() {
    fixture.start(TextMethods.BIDI);
    advance(100);
    attempt(1).confirmsCancel = false;
    attempt(0).responseHeaders();

    attempt(1).becomeReady();

    assertThat(fixture.listener.events).containsExactly("headers");
    attempt(1).close(Status.CANCELLED);
    attempt(0).close(Status.OK);
  }

  @Test
  void attributesAreThoseOfTheWinner() {
    InetSocketAddress address = InetSocketAddress.createUnresolved("10.0.0.9", 9);
    fixture.transport.attributes =
        Attributes.newBuilder().set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, address).build();
    ClientCall<String, String> call = fixture.start(TextMethods.BIDI);
    assertThat(call.getAttributes()).isEqualTo(Attributes.EMPTY);

    attempt(0).responseHeaders();

    assertThat(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)).isEqualTo(address);
    attempt(0).close(Status.OK);
  }

  @Test
  void demandAndCreditGoToTheWinner() {
    ClientCall<String, String> call = fixture.start(TextMethods.BIDI);
    advance(100);
    call.request(1);
    assertThat(attempt(0).listener.hasDemand()).isTrue();
    assertThat(attempt(1).listener.hasDemand()).isTrue();

    attempt(1).responseHeaders();
    attempt(1).message("world");
    call.request(1);

    assertThat(attempt(1).consumed).isEqualTo(10);
    assertThat(attempt(1).demands).isOne();
    assertThat(attempt(0).demands).isZero();
    attempt(1).close(Status.OK);
  }
}
