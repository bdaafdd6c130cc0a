// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static dev.clientconn.internal.http2.Http2Peer.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.flow.SendQuota;
import dev.clientconn.internal.transport.StreamParameters;
import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.internal.wire.RequestHeaders;
import dev.clientconn.testing.FixedParameters;
import dev.clientconn.testing.ManualLoop;
import dev.clientconn.transport.TransportListener;
import dev.clientconn.transport.TransportListener.WaitOutcome;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamQuotaTest extends PeerTest {

  private Http2Peer limitedTo(int limit) {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.maxConcurrentStreams(limit)).frames();
    return peer;
  }

  private static int waiting(Http2Peer peer) {
    return peer.transport.snapshot().streams().pending();
  }

  @Conforms({"H06", "T093"})
  @Test
  void callsWaitForASlotAndGetItInOrder() {
    Http2Peer peer = limitedTo(1);
    peer.unary();
    List<RecordingCall> waiting = List.of(peer.unary(), peer.unary(), peer.unary());
    peer.expects("HEADERS 1", "DATA 1 10 END");
    assertThat(waiting(peer)).isEqualTo(3);

    peer.after(Duration.ofMillis(20)).answers(1);
    peer.expects("HEADERS 3", "DATA 3 10 END");
    assertThat(waiting(peer)).isEqualTo(2);
    peer.answers(3).answers(5).answers(7);

    assertThat(waiting).allSatisfy(c -> assertThat(c.status().isOk()).isTrue());
    assertThat(peer.slotWaits).containsExactly("GRANTED 20 ms", "GRANTED 20 ms", "GRANTED 20 ms");
    assertThat(waiting(peer)).isZero();
  }

  @Test
  void aListenerThatThrowsIsCalledNoMoreAndCallsGoOn() {
    int[] called = {0};
    Http2Peer peer = ready(s -> s.listener = new TransportListener() {
      @Override
      public void streamSlotWaited(WaitOutcome outcome, long nanos) {
        called[0]++;
        throw new NoSuchMethodError("meter");
      }
    });
    peer.sendsSettings(s -> s.maxConcurrentStreams(1)).frames();
    List<RecordingCall> calls = List.of(peer.unary(), peer.unary(), peer.unary());

    peer.answers(1).answers(3).answers(5);

    assertThat(calls).allSatisfy(c -> assertThat(c.status().isOk()).isTrue());
    assertThat(called[0]).isOne();
  }

  @Conforms("T093")
  @Test
  void aNewCallDoesNotPassThoseThatWait() {
    Http2Peer peer = limitedTo(1);
    peer.unary();
    RecordingCall early = peer.streaming();
    peer.frames();

    peer.inOneRead(() -> peer.sendsHeaders(1).sendsTrailers(1));
    RecordingCall late = peer.streaming();

    assertThat(early.stream().isReady()).isTrue();
    assertThat(late.stream().isReady()).isFalse();
  }

  @Conforms("T092")
  @Test
  void cancelWhileWaitingSendsNothingAndFreesThePlace() {
    Http2Peer peer = limitedTo(1);
    peer.after(Duration.ofMillis(7)).unary();
    RecordingCall impatient = peer.unary();
    RecordingCall patient = peer.unary();
    peer.frames();

    peer.after(Duration.ofMillis(3));
    impatient.stream().cancel(Status.CANCELLED.withDescription("bored"));
    peer.loop.run();

    assertThat(impatient.takeEvents()).containsExactly("closed CANCELLED PROCESSED");
    assertThat(waiting(peer)).isEqualTo(1);
    peer.expectsNothing();
    peer.answers(1).answers(3);
    assertThat(patient.status().isOk()).isTrue();
    assertThat(peer.slotWaits).containsExactly("CANCELLED 3 ms", "GRANTED 3 ms");
  }

  @Conforms("T092")
  @Test
  void aDeadlineThatPassesWhileWaitingSaysWhatItWaitedFor() {
    Http2Peer peer = limitedTo(1);
    peer.unary();
    RecordingCall call =
        peer.call(peer.deadline(Duration.ofMillis(50)), new Metadata()).start(bytes("hello"), true);
    peer.loop.run();
    peer.frames();

    peer.after(Duration.ofMillis(60));

    assertThat(call.takeEvents()).containsExactly("closed DEADLINE_EXCEEDED PROCESSED");
    assertThat(call.status().getDescription()).contains("a stream slot");
    assertThat(peer.slotWaits).hasSize(1).allMatch(w -> w.startsWith("DEADLINE 5"));
    assertThat(waiting(peer)).isZero();
    peer.expectsNothing();
  }

  @Test
  void callThatExpiresTogetherWithTheOneBeforeItIsNotSent() {
    Http2Peer peer = limitedTo(1);
    List<RecordingCall> calls = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      calls.add(peer.call(peer.deadline(Duration.ofMillis(50)), new Metadata())
          .start(bytes("hello"), true));
    }
    RecordingCall later = peer.unary();
    peer.expects("HEADERS 1", "DATA 1 10 END");

    peer.after(Duration.ofMillis(60));

    assertThat(calls)
        .extracting(call -> call.status().getDescription())
        .satisfiesExactly(
            first -> assertThat(first).contains("the server's response"),
            second -> assertThat(second).contains("a stream slot"),
            third -> assertThat(third).contains("a stream slot"));
    peer.expects("RST_STREAM 1 CANCEL", "HEADERS 3", "DATA 3 10 END").answers(3);
    assertThat(later.status().isOk()).isTrue();
  }

  @Conforms("T093")
  @Test
  void aRaisedLimitAdmitsAsManyAsItAllows() {
    Http2Peer peer = limitedTo(1);
    for (int i = 0; i < 4; i++) {
      peer.unary();
    }
    peer.frames();

    peer.sendsSettings(s -> s.maxConcurrentStreams(3));

    peer.expects("SETTINGS ACK", "HEADERS 3", "HEADERS 5", "DATA 3 10 END", "DATA 5 10 END");
    assertThat(waiting(peer)).isEqualTo(1);
  }

  @Conforms({"H13", "T091", "T133"})
  @Test
  void aLoweredLimitEndsNoStreamAndAdmitsNone() {
    Http2Peer peer = limitedTo(3);
    List<RecordingCall> open = List.of(peer.unary(), peer.unary(), peer.unary());
    RecordingCall waiting = peer.unary();
    peer.sendsSettings(s -> s.maxConcurrentStreams(1)).frames();

    peer.answers(1).answers(3);
    peer.expectsNothing();
    peer.answers(5);

    assertThat(open).allSatisfy(c -> assertThat(c.status().isOk()).isTrue());
    peer.expects("HEADERS 7", "DATA 7 10 END");
    assertThat(waiting.isClosed()).isFalse();
  }

  @Conforms("H13")
  @Test
  void aLimitOfZeroHoldsAllCallsBackUntilItIsRaised() {
    Http2Peer peer = limitedTo(0);
    RecordingCall call = peer.unary();
    peer.expectsNothing();
    assertThat(peer.transport.snapshot().streams().max()).hasValue(0);

    peer.sendsSettings(s -> s.maxConcurrentStreams(1)).answers(1);

    assertThat(call.status().isOk()).isTrue();
  }

  @Test
  void noLimitIsNoNumber() {
    assertThat(ready().transport.snapshot().streams().max()).isEmpty();
  }

  @Conforms("T095")
  @Test
  void moreThanMaxPendingAreRejectedAtOnce() {
    Http2Peer peer = ready(s -> s.maxPending = 2);
    peer.sendsSettings(s -> s.maxConcurrentStreams(0)).frames();
    peer.unary();
    peer.unary();

    RecordingCall tooMany = peer.unary();

    assertThat(tooMany.takeEvents()).containsExactly("closed RESOURCE_EXHAUSTED PROCESSED");
    assertThat(tooMany.status().getDescription())
        .startsWith("No stream slot: 2 calls already wait; this connection has ")
        .endsWith(" slots in use. The options maxPendingStreams (2) and maxConnectionsPerAddress"
            + " raise the limits, the properties streams.max-pending and connections.max with"
            + " Spring");
    assertThat(peer.slotWaits).containsExactly("REJECTED 0 ms");
    assertThat(waiting(peer)).isEqualTo(2);
  }

  @Conforms("T095")
  @Test
  void placesOfThoseWhoLeftCanBeTakenAgain() {
    Http2Peer peer = ready(s -> s.maxPending = 1);
    peer.sendsSettings(s -> s.maxConcurrentStreams(0)).frames();

    for (int i = 0; i < 1000; i++) {
      RecordingCall call = peer.unary();
      assertThat(waiting(peer)).isEqualTo(1);
      call.stream().cancel(Status.CANCELLED);
      peer.loop.run();
      assertThat(waiting(peer)).isZero();
    }
    RecordingCall last = peer.unary();
    peer.sendsSettings(s -> s.maxConcurrentStreams(1)).answers(1);

    assertThat(last.status().isOk()).isTrue();
  }

  @Conforms("T095")
  @Test
  void emptyPlacesDoNotPileUpBehindOneWhoWaits() {
    StreamQuota quota =
        new StreamQuota(10_000, TransportListener.NONE, new TurnClock(Ticker.newMockTicker()));
    StreamState first = waitingStream(quota);

    for (int i = 0; i < 10_000; i++) {
      StreamState impatient = waitingStream(quota);
      impatient.notifyClosed(Status.CANCELLED, StreamProgress.PROCESSED, new Metadata());
      quota.stopWaiting(impatient, WaitOutcome.CANCELLED);
      assertThat(quota.queueLength()).isLessThan(100);
    }

    assertThat(quota.waiting()).isEqualTo(1);
    assertThat(quota.next(0)).isSameAs(first);
  }

  private static StreamState waitingStream(StreamQuota quota) {
    ControlBuffer control = new ControlBuffer(new ManualLoop(), () -> {}, () -> false);
    StreamParameters call =
        new FixedParameters(Http2Peer.METHOD, null, null, null, 0, 100, 100, new Metadata());
    Http2ClientStream clientStream = new Http2ClientStream(
        control, call, RequestHeaders.Lists.NONE, null, new RecordingCall(), 100, false);
    StreamState stream = new StreamState(clientStream, new SendQuota(), 65_535);
    assertThat(quota.enqueue(stream)).isTrue();
    return stream;
  }

  @Test
  void aWaitingCallMayWriteAndHalfClose() {
    Http2Peer peer = limitedTo(0);
    RecordingCall call = peer.streaming().write(bytes("a")).write(bytes("b"));
    call.stream().halfClose();
    peer.loop.run();
    assertThat(call.takeEvents()).isEmpty();

    peer.sendsSettings(s -> s.maxConcurrentStreams(1));

    peer.expects("SETTINGS ACK", "HEADERS 1", "DATA 1 6", "DATA 1 6 END");
  }

  @Conforms("T094")
  @Test
  void cancellingAnOpenStreamAdmitsAfterItsReset() {
    Http2Peer peer = limitedTo(1);
    RecordingCall open = peer.unary();
    peer.unary();
    peer.frames();

    open.stream().cancel(Status.CANCELLED);
    peer.loop.run();

    peer.expects("RST_STREAM 1 CANCEL", "HEADERS 3", "DATA 3 10 END");
  }

  @Conforms({"T092", "T164"})
  @Test
  void waitingCallsHearThatTheConnectionIsLost() {
    Http2Peer peer = limitedTo(1);
    RecordingCall open = peer.unary();
    RecordingCall waiting = peer.unary();

    peer.closes();

    assertThat(open.takeEvents()).containsExactly("closed UNAVAILABLE PROCESSED");
    assertThat(waiting.takeEvents()).containsExactly("closed UNAVAILABLE NOT_SENT");
    assertThat(peer.slotWaits).containsExactly("CONNECTION_LOST 0 ms");
  }

  @Conforms("T096")
  @Test
  void theCountIsExactThroughEveryWayOut() {
    Http2Peer peer = limitedTo(2);
    List<RecordingCall> calls = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      calls.add(peer.call(i == 9 ? peer.deadline(Duration.ofMillis(5)) : null, new Metadata())
          .start(bytes("hello"), true));
    }
    peer.loop.run();
    assertThat(waiting(peer)).isEqualTo(8);

    calls.get(4).stream().cancel(Status.CANCELLED);
    peer.after(Duration.ofMillis(20));
    assertThat(waiting(peer)).isEqualTo(6);
    peer.sendsRst(1, 8);
    assertThat(waiting(peer)).isEqualTo(5);
    peer.sendsSettings(s -> s.maxConcurrentStreams(4));
    assertThat(waiting(peer)).isEqualTo(3);
    peer.transport.shutdownNow(Status.UNAVAILABLE);
    peer.loop.run();
    assertThat(waiting(peer)).isZero();
  }
}
