// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.testing.TextMethods;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Calls that neither a transport nor a picker's queue knows end in time. */
class UnsentCallsTest {
  private static final Status REASON = Status.UNAVAILABLE.withDescription("Channel shutdownNow");

  private final CallFixture fixture = new CallFixture();
  private final RecordingListener listener = fixture.listener;

  private void deadline(long millis) {
    fixture.options = CallOptions.DEFAULT.withDeadline(
        fixture.clock.deadlineAfter(millis, TimeUnit.MILLISECONDS));
  }

  @Test
  void theDeadlineEndsACallWhoseMessageIsHeldBack() {
    deadline(300);
    fixture.start(TextMethods.UNARY);

    fixture.clock.advance(299, TimeUnit.MILLISECONDS);
    assertThat(listener.events).isEmpty();
    fixture.clock.advance(1, TimeUnit.MILLISECONDS);

    assertThat(listener.events).containsExactly("close(DEADLINE_EXCEEDED)");
    assertThat(listener.description())
        .isEqualTo("CallOptions deadline exceeded after 0.300000000s."
            + " [waited for the application to send its message and half-close;"
            + " 300 ms application; 0 attempts]");
    assertThat(fixture.clock.pendingTimers()).isZero();
    assertThat(fixture.callsEnded).isOne();
  }

  @Test
  void anAttemptThatOpensDuringATickCounts() {
    fixture.withoutTransport();
    RecordingTracers tracers = new RecordingTracers();
    deadline(300);
    fixture.options = fixture.options.withStreamTracerFactory(tracers);
    tracers.duringNew = () -> fixture.clock.advance(UnsentCalls.TICK_NANOS, TimeUnit.NANOSECONDS);
    ClientCall<String, String> call = fixture.unary("hello");
    call.cancel("enough", null);

    assertThat(listener.description())
        .isEqualTo("enough [waited for the application; 100 ms application; 1 attempt]");
  }

  @Test
  void aDeadlineShorterThanATickIsLateByATickAtMost() {
    deadline(1);
    fixture.start(TextMethods.UNARY);

    fixture.clock.advance(UnsentCalls.TICK_NANOS, TimeUnit.NANOSECONDS);

    assertThat(listener.events).containsExactly("close(DEADLINE_EXCEEDED)");
  }

  @Test
  void theTickStopsOnceNoCallNeedsIt() {
    deadline(10_000);
    var held = fixture.start(TextMethods.UNARY);
    fixture.clock.advance(1, TimeUnit.SECONDS);
    assertThat(fixture.clock.pendingTimers()).isOne();

    held.halfClose();
    fixture.clock.advance(1, TimeUnit.SECONDS);

    assertThat(fixture.clock.pendingTimers()).isZero();
    assertThat(listener.events).isEmpty();
  }

  @Test
  void aCallWithoutADeadlineStartsNoTick() {
    fixture.start(TextMethods.UNARY);

    assertThat(fixture.clock.pendingTimers()).isZero();
  }

  @Test
  void theEndReachesEveryCallThatIsNotHalfClosed() throws Exception {
    List<RecordingListener> listeners = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      startAndRemember(listeners);
    }
    for (int i = 0; i < 2; i++) {
      onAnotherThread(() -> startAndRemember(listeners));
    }

    fixture.unsent.end(REASON);
    fixture.unsent.end(REASON);

    assertThat(listeners).hasSize(5).allSatisfy(each -> {
      assertThat(each.events).containsExactly("close(UNAVAILABLE)");
      assertThat(each.end()).isSameAs(REASON);
    });
    assertThat(fixture.callsEnded).isEqualTo(5);
  }

  @Test
  void aCallThatIsStartedAfterTheEndEndsAtOnce() {
    deadline(300);
    fixture.unsent.end(REASON);

    fixture.start(TextMethods.UNARY);

    assertThat(listener.events).containsExactly("close(UNAVAILABLE)");
    assertThat(fixture.clock.pendingTimers()).isZero();
  }

  @Test
  void callsThatHaveOpenedAreNotEndedWhicheverThreadHalfClosedThem() throws Exception {
    List<ClientCall<String, String>> calls = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      calls.add(fixture.start(TextMethods.UNARY));
    }
    calls.get(2).halfClose();
    onAnotherThread(calls.get(0)::halfClose);
    onAnotherThread(calls.get(1)::halfClose);

    fixture.unsent.end(REASON);

    assertThat(listener.events).isEmpty();
    assertThat(fixture.transport.streams).hasSize(3);
  }

  @Test
  void aCancelledCallIsForgotten() {
    fixture.start(TextMethods.UNARY).cancel("enough", null);

    fixture.unsent.end(REASON);

    assertThat(listener.events).containsExactly("close(CANCELLED)");
  }

  @Test
  void aStreamingCallIsForItsTransportToEnd() {
    fixture.start(TextMethods.BIDI);

    fixture.unsent.end(REASON);

    assertThat(listener.events).isEmpty();
  }

  @Test
  void theEndReachesACallThatWaitsForItsCredentials() {
    SlowCredentials credentials = new SlowCredentials();
    fixture.options = CallOptions.DEFAULT.withCallCredentials(credentials);
    fixture.unary("hello");

    fixture.unsent.end(REASON);
    credentials.answer();

    assertThat(listener.events).containsExactly("close(UNAVAILABLE)");
    assertThat(fixture.transport.streams).isEmpty();
  }

  @Test
  void aCallWhoseCredentialsHaveRespondedIsEndedByItsTransport() {
    SlowCredentials credentials = new SlowCredentials();
    fixture.options = CallOptions.DEFAULT.withCallCredentials(credentials);
    fixture.unary("hello");
    credentials.answer();

    fixture.unsent.end(REASON);

    assertThat(listener.events).isEmpty();
    assertThat(fixture.stream().commands).containsExactly("start(hello,end)");
  }

  @Test
  void shutDownTimersEndACallThatNothingElseWould() {
    deadline(300);
    fixture.clock.rejects = true;

    fixture.start(TextMethods.UNARY);

    assertThat(listener.events).containsExactly("close(UNAVAILABLE)");
  }

  @Test
  void theDeadlineStatusNamesTheCredentialsThatACallWaitsFor() {
    deadline(150);
    fixture.options = fixture.options.withCallCredentials(new SlowCredentials());
    ClientCall<String, String> call = fixture.start(TextMethods.UNARY);
    fixture.clock.advance(120, TimeUnit.MILLISECONDS);
    call.sendMessage("hello");
    call.halfClose();

    // The tick and the timer of the attempt are both due.
    fixture.clock.advance(100, TimeUnit.MILLISECONDS);

    assertThat(listener.description())
        .contains(
            "[waited for the call credentials; 120 ms application, 30 ms credentials; 1 attempt]");
  }

  @Test
  void theEndReachesARetryThatWaitsForCredentialsBeforeItsFirstAttemptHasReturned() {
    SlowCredentials credentials = new SlowCredentials();
    fixture.options = CallOptions.DEFAULT.withCallCredentials(credentials);
    fixture.transport.duringStart =
        stream -> stream.close(Status.UNAVAILABLE, StreamProgress.REFUSED);
    fixture.unary("hello");
    credentials.answer();
    assertThat(credentials.appliers).as("what the retry waits for").hasSize(1);

    fixture.unsent.end(REASON);

    assertThat(listener.events).containsExactly("close(UNAVAILABLE)");
  }

  private void startAndRemember(List<RecordingListener> listeners) {
    RecordingListener own = new RecordingListener();
    listeners.add(own);
    fixture.newCall(TextMethods.UNARY).start(own, new Metadata());
  }

  private static void onAnotherThread(Runnable action) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    Thread thread = new Thread(() -> {
      action.run();
      done.countDown();
    });
    thread.start();
    assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
    thread.join();
  }

  private static final class SlowCredentials extends CallCredentials {
    private final List<MetadataApplier> appliers = new ArrayList<>();

    @Override
    public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
      appliers.add(applier);
    }

    void answer() {
      appliers.remove(0).apply(new Metadata());
    }
  }
}
