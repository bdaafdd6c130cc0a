// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static dev.clientconn.internal.http2.Http2Peer.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.transport.StreamSlots;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.handler.codec.http2.Http2Error;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The streams of a connection as the channel counts them. */
class CountedStreamsTest extends PeerTest {
  private final List<String> events = new ArrayList<>();
  private Runnable onSlotFree = () -> {};
  private final StreamSlots slots = new StreamSlots(new StreamSlots.Owner() {
    @Override
    public void onCounting() {
      events.add("counting");
    }

    @Override
    public void onSlotFree() {
      events.add("free");
      onSlotFree.run();
    }
  });

  private Http2Peer counting(int limit) {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.maxConcurrentStreams(limit)).frames();
    count(peer);
    events.clear();
    return peer;
  }

  private void count(Http2Peer peer) {
    peer.transport.countStreams(slots);
    peer.loop.run();
  }

  private RecordingCall inSlot(Http2Peer peer) {
    assertThat(slots.tryReserve()).isTrue();
    RecordingCall call = new RecordingCall();
    call.bind(peer.transport.newStreamInSlot(peer.headers(null, new Metadata()), call));
    peer.calls.add(call);
    return call;
  }

  private RecordingCall unaryInSlot(Http2Peer peer) {
    RecordingCall call = inSlot(peer).start(bytes("hello"), true);
    peer.loop.run();
    return call;
  }

  @Test
  void streamsThatExistAreCountedAtFirst() {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.maxConcurrentStreams(1)).frames();
    peer.unary();
    peer.unary();

    count(peer);

    assertThat(events).contains("counting");
    assertThat(slots.used()).as("one open, one waiting").isEqualTo(2);
    assertThat(slots.limit()).isOne();
    peer.answers(1);
    assertThat(slots.used()).isOne();
    peer.answers(3);
    assertThat(slots.used()).isZero();
  }

  @Test
  void countingBeginsBeforeTheConnectionIsReady() {
    Http2Peer peer = connecting();
    count(peer);

    peer.sendsSettings(s -> s.maxConcurrentStreams(7));

    assertThat(slots.limit()).isEqualTo(7);
    assertThat(events.get(0)).isEqualTo("counting");
  }

  @Test
  void streamInASlotIsCountedOnceAndOneWithoutToo() {
    Http2Peer peer = counting(5);

    unaryInSlot(peer);
    peer.unary();

    assertThat(slots.used()).isEqualTo(2);
    peer.answers(1).answers(3);
    assertThat(slots.used()).isZero();
    assertThat(events).containsExactly("free", "free");
  }

  @Conforms("A105")
  @Test
  void everyEndOfAStreamReleasesItsSlot() {
    Http2Peer peer = counting(10);
    unaryInSlot(peer);
    peer.sendsRst(1, Http2Error.REFUSED_STREAM.code());
    assertThat(slots.used()).as("reset by the peer").isZero();

    RecordingCall cancelled = unaryInSlot(peer);
    cancelled.stream().cancel(Status.CANCELLED);
    peer.loop.run();
    assertThat(slots.used()).as("cancelled").isZero();

    RecordingCall unstarted = inSlot(peer);
    unstarted.stream().cancel(Status.CANCELLED);
    peer.loop.run();
    assertThat(slots.used()).as("cancelled before its start").isZero();

    assertThat(slots.tryReserve()).isTrue();
    RecordingCall late = new RecordingCall();
    late.bind(peer.transport.newStreamInSlot(
        peer.headers(peer.deadline(Duration.ofMillis(10)), new Metadata()), late));
    peer.calls.add(late);
    late.start(bytes("hello"), true);
    peer.loop.run();
    peer.after(Duration.ofMillis(20));
    assertThat(late.status().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(slots.used()).as("past its deadline").isZero();

    unaryInSlot(peer);
    peer.sendsData(9, bytes("no headers"), 0, false);
    assertThat(slots.used()).as("reset by this side").isZero();
  }

  @Test
  void streamThatTheConnectionRefusesReleasesItsSlot() {
    Http2Peer peer = counting(5);
    RecordingCall running = unaryInSlot(peer);
    peer.sendsGoAway(1, Http2Error.NO_ERROR, "");

    RecordingCall refused = inSlot(peer).start(bytes("hello"), true);
    peer.loop.run();

    assertThat(refused.takeEvents()).containsExactly("closed UNAVAILABLE NOT_SENT");
    assertThat(slots.used()).isOne();
    assertThat(running.isClosed()).isFalse();
    peer.answers(1);
    assertThat(slots.used()).isZero();
  }

  @Test
  void lostConnectionHasNoSlotsBeforeItsStreamsEnd() {
    Http2Peer peer = counting(5);
    unaryInSlot(peer);
    List<Boolean> reserved = new ArrayList<>();
    onSlotFree = () -> reserved.add(slots.tryReserve());

    peer.breaks();

    assertThat(reserved).as("what a retried call would find").containsOnly(false);
    assertThat(slots.used()).isZero();
  }

  @Conforms("A105")
  @Test
  void changedLimitIsReported() {
    Http2Peer peer = counting(1);

    peer.sendsSettings(s -> s.maxConcurrentStreams(3));
    assertThat(slots.limit()).isEqualTo(3);
    peer.sendsSettings(s -> s.maxConcurrentStreams(2));
    assertThat(slots.limit()).isEqualTo(2);
    peer.sendsSettings(s -> s.maxConcurrentStreams(0xFFFF_FFFFL));
    assertThat(slots.limit()).isEqualTo(Integer.MAX_VALUE);

    assertThat(events).as("where it was raised").containsExactly("free", "free");
  }

  @Test
  void callWhoseSlotThePeerHasTakenAwayIsReturned() {
    Http2Peer peer = counting(2);
    unaryInSlot(peer);
    RecordingCall late = inSlot(peer);
    peer.sendsSettings(s -> s.maxConcurrentStreams(1)).frames();

    late.start(bytes("hello"), true);
    peer.loop.run();

    assertThat(late.takeEvents()).containsExactly("closed UNAVAILABLE NOT_SENT");
    assertThat(slots.used()).isOne();
    assertThat(slots.tryReserve()).as("what its retry finds").isFalse();
    peer.answers(1);
    assertThat(slots.used()).isZero();
  }

  @Test
  void callsThatWaitOnTheConnectionCanBeReturned() {
    Http2Peer peer = counting(1);
    peer.unary();
    RecordingCall waiting = peer.unary();

    assertThat(waiting.isClosed()).as("no slot was reserved for it").isFalse();
    assertThat(peer.transport.snapshot().streams().pending()).isOne();
    peer.transport.returnWaiting(Status.UNAVAILABLE);
    peer.loop.run();

    assertThat(waiting.takeEvents()).containsExactly("closed UNAVAILABLE NOT_SENT");
    assertThat(slots.used()).isOne();
  }

  @Test
  void countingThatBeginsAfterTheEndLeavesNoSlots() {
    Http2Peer peer = ready();
    peer.breaks();

    count(peer);

    assertThat(slots.tryReserve()).isFalse();
  }
}
