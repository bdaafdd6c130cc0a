// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.transport.TransportOptions.KeepaliveOptions;
import dev.clientconn.transport.TimeTotal;
import dev.clientconn.transport.TransportSnapshot;
import dev.clientconn.transport.TransportSnapshot.Counters;
import dev.clientconn.transport.TransportSnapshot.GoAway;
import dev.clientconn.transport.TransportSnapshot.Settings;
import dev.clientconn.transport.TransportSnapshot.State;
import io.grpc.Status;
import io.netty.handler.codec.http2.Http2Error;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Compares the figures of a snapshot with the frames that were sent and received. */
class TransportFiguresTest {

  /** Length of a frame's header. */
  private static final int HEADER = 9;

  private static final Duration TIME = Duration.ofMillis(30);

  private static TransportSnapshot of(Http2Peer peer) {
    return peer.transport.snapshot();
  }

  private static Counters counters(Http2Peer peer) {
    return of(peer).counters();
  }

  @Test
  void ageCountsFromTheDialAndThenFromTheSettings() {
    Http2Peer peer = Http2Peer.connecting(s -> {});

    peer.after(TIME);
    assertThat(of(peer).state()).isEqualTo(State.CONNECTING);
    assertThat(of(peer).ageNanos()).isEqualTo(TIME.toNanos());

    peer.sendsSettings(s -> {}).after(TIME.multipliedBy(2));
    assertThat(of(peer).state()).isEqualTo(State.READY);
    assertThat(of(peer).ageNanos()).isEqualTo(2 * TIME.toNanos());
    peer.verify();
  }

  @Conforms("C175")
  @Test
  void settingsOfBothSides() {
    Http2Peer peer = Http2Peer.connecting(setup -> {
      setup.streamWindow = 100_000;
      setup.connectionWindow = 200_000;
      setup.maxInboundMetadataSize = 5_000;
    });
    assertThat(of(peer).peerSettings()).isNull();

    peer.sendsSettings(s -> s.maxConcurrentStreams(7).initialWindowSize(300_000));

    assertThat(of(peer).localSettings())
        .isEqualTo(new Settings(4096, OptionalLong.of(0), 100_000, 16_384, OptionalLong.of(5_000)));
    assertThat(of(peer).peerSettings())
        .isEqualTo(new Settings(4096, OptionalLong.of(7), 300_000, 16_384, OptionalLong.empty()));
    assertThat(of(peer).window().receiveTarget()).isEqualTo(200_000);
    assertThat(counters(peer).settingsChanges()).isZero();

    peer.sendsSettings(s -> s.maxHeaderListSize(900).maxFrameSize(20_000).headerTableSize(64));
    assertThat(of(peer).peerSettings())
        .isEqualTo(new Settings(64, OptionalLong.of(7), 300_000, 20_000, OptionalLong.of(900)));
    assertThat(counters(peer).settingsChanges()).isEqualTo(1);
    peer.verify();
  }

  @Test
  void countsTheBytesOfWholeFrames() {
    Http2Peer peer = Http2Peer.ready();
    Counters before = counters(peer);

    peer.sendsPing(1);

    assertThat(counters(peer).bytesReceived() - before.bytesReceived()).isEqualTo(HEADER + 8);
    assertThat(counters(peer).bytesSent() - before.bytesSent()).isEqualTo(HEADER + 8);
    peer.verify();
  }

  @Conforms("C172")
  @Test
  void countsMessagesThatAreComplete() {
    Http2Peer peer = Http2Peer.ready();
    RecordingCall call = peer.streaming();
    call.write(new byte[10]).write(new byte[65_535]);
    peer.loop.run();
    byte[] three = new byte[3 * 7];
    for (int i = 0; i < 3; i++) {
      three[i * 7 + 4] = 2;
    }

    peer.sendsHeaders(1).sendsMessage(1, new byte[5]).sendsData(1, three, 0, false);
    peer.sendsData(1, new byte[] {0, 0, 0, 0, 9, 1}, 0, false);

    assertThat(counters(peer).streamsOpened()).isEqualTo(1);
    assertThat(counters(peer).messagesSent()).isEqualTo(1);
    assertThat(counters(peer).messagesReceived()).isEqualTo(4);

    peer.sendsWindowUpdate(0, 100).sendsWindowUpdate(1, 100);
    assertThat(counters(peer).messagesSent()).isEqualTo(2);
    peer.verify();
  }

  @Test
  void bytesAreQueuedUntilTheyAreFramed() {
    Http2Peer peer = Http2Peer.ready();
    RecordingCall call = peer.streaming();

    call.write(new byte[70_000]).write(new byte[1_000]);
    peer.loop.run();
    assertThat(of(peer).buffered().queued()).isEqualTo(70_005 + 1_005 - 65_535);
    assertThat(of(peer).window().send()).isZero();

    peer.sendsWindowUpdate(1, 1_000).sendsWindowUpdate(0, 2_000);
    assertThat(of(peer).buffered().queued()).isEqualTo(70_005 + 1_005 - 65_535 - 1_000);
    assertThat(of(peer).window().send()).isEqualTo(1_000);

    call.stream().cancel(Status.CANCELLED);
    peer.loop.run();
    assertThat(of(peer).buffered().queued()).isZero();
    peer.verify();
  }

  @Test
  void framesThatTheSocketHasNotTakenAreOutbound() {
    Http2Peer peer = Http2Peer.ready(setup -> setup.acceptedBytes = 500);
    assertThat(of(peer).buffered().outbound()).isZero();

    RecordingCall call = peer.streaming();
    call.write(new byte[10_000]);
    peer.loop.run();

    assertThat(of(peer).buffered().outbound()).isPositive();
    peer.verify();
  }

  @Test
  void bytesAreUnreadUntilTheApplicationTakesThem() {
    Http2Peer peer = Http2Peer.ready();
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1).sendsMessage(1, new byte[20_000]);
    assertThat(of(peer).buffered().unread()).isEqualTo(20_005);

    call.stream().consumed(9_000);
    peer.loop.run();
    assertThat(of(peer).buffered().unread()).isEqualTo(11_005);

    // Less than an eighth of the window.
    call.stream().consumed(1_000);
    peer.loop.run();
    assertThat(of(peer).buffered().unread()).isEqualTo(11_005);

    peer.sendsTrailers(1);
    assertThat(of(peer).buffered().unread()).isZero();
    peer.verify();
  }

  @Test
  void countsResetsByTheirCode() {
    Http2Peer peer = Http2Peer.ready();
    peer.unary();
    peer.unary();
    peer.unary();
    RecordingCall cancelled = peer.unary();

    peer.sendsRst(1, Http2Error.REFUSED_STREAM.code()).sendsRst(3, 0xFFFF_FFFFL).sendsRst(5, 77);
    cancelled.stream().cancel(Status.CANCELLED);
    peer.loop.run();

    assertThat(counters(peer).resetsReceived())
        .containsExactly(entry("REFUSED_STREAM", 1L), entry("OTHER", 2L));
    assertThat(counters(peer).resetsSent()).containsExactly(entry("CANCEL", 1L));
    peer.verify();
  }

  @Conforms("C175")
  @Test
  void retainsTheLastGoAway() {
    Http2Peer peer = Http2Peer.ready();
    peer.unary();
    assertThat(of(peer).goAway()).isNull();

    peer.sendsGoAway(Integer.MAX_VALUE, Http2Error.NO_ERROR, "");
    peer.sendsGoAway(1, Http2Error.ENHANCE_YOUR_CALM, "too_many\npings");

    assertThat(of(peer).state()).isEqualTo(State.DRAINING);
    assertThat(of(peer).goAway()).isEqualTo(new GoAway("ENHANCE_YOUR_CALM", "too_many pings", 1));
    assertThat(counters(peer).goAwaysReceived())
        .containsExactly(entry("NO_ERROR", 1L), entry("ENHANCE_YOUR_CALM", 1L));
    peer.answers(1);
    assertThat(counters(peer).goAwaysSent()).containsExactly(entry("NO_ERROR", 1L));
    peer.verify();
  }

  @Conforms("C172")
  @Test
  void countsPingsAndTheirTimeouts() {
    Http2Peer peer = Http2Peer.ready(setup -> setup.keepalive =
        new KeepaliveOptions(Duration.ofSeconds(10), Duration.ofSeconds(5), true));
    peer.after(Duration.ofSeconds(10)).after(TIME).sendsPingAck(Keepalive.PING);
    assertThat(of(peer).roundTripNanos()).hasValue(TIME.toNanos());

    // The timer of the answered ping runs once more before the next one.
    peer.after(Duration.ofSeconds(10)).after(TIME.multipliedBy(3)).sendsPingAck(Keepalive.PING);
    assertThat(counters(peer).pings().count()).isEqualTo(2);
    assertThat(counters(peer).pings().nanos())
        .isEqualTo(TIME.toNanos() + of(peer).roundTripNanos().orElseThrow());
    assertThat(counters(peer).pingTimeouts()).isZero();

    peer.after(Duration.ofSeconds(30));
    assertThat(of(peer).state()).isEqualTo(State.CLOSED);
    assertThat(counters(peer).pingTimeouts()).isEqualTo(1);
    peer.verify();
  }

  @Test
  void oldestWaitIsThatOfTheFirstCallThatStillWaits() {
    Http2Peer peer = Http2Peer.ready(setup -> setup.maxPending = 2);
    peer.sendsSettings(s -> s.maxConcurrentStreams(1));
    peer.unary();
    RecordingCall first = peer.unary();
    assertThat(of(peer).streams().max()).hasValue(1);
    peer.after(TIME);
    peer.unary();
    peer.unary();
    assertThat(counters(peer).streamsRejected()).isEqualTo(1);
    assertThat(of(peer).streams().pending()).isEqualTo(2);
    assertThat(of(peer).streams().oldestWaitNanos()).hasValue(TIME.toNanos());

    peer.after(TIME);
    first.stream().cancel(Status.CANCELLED);
    peer.loop.run();
    assertThat(of(peer).streams().oldestWaitNanos()).hasValue(TIME.toNanos());
    peer.verify();
  }

  @Test
  void windowsThatHaveGrownAreTheTarget() {
    Http2Peer peer = Http2Peer.ready(setup -> setup.growWindows = true);
    peer.unary();
    peer.sendsHeaders(1).sendsMessage(1, new byte[60_000]);
    peer.after(TIME).sendsPingAck(ReceiveWindows.BDP_PING);

    long target = of(peer).window().receiveTarget();
    assertThat(target).isGreaterThan(65_535);
    assertThat(of(peer).localSettings().initialWindow()).isEqualTo(target);
    assertThat(counters(peer).pings()).isEqualTo(new TimeTotal(1, TIME.toNanos()));
    peer.verify();
  }

  @Conforms("C173")
  @Test
  void smallestWindowsAreThoseOfTheLastMeasurement() {
    Http2Peer peer = Http2Peer.ready();
    RecordingCall call = peer.streaming();
    peer.unary();
    call.write(new byte[1_000]);
    peer.loop.run();
    peer.sendsHeaders(1).sendsMessage(1, new byte[500]);
    assertThat(of(peer).window().smallestStreamSend()).isEmpty();
    assertThat(of(peer).loop().lagNanos()).isEmpty();

    peer.transport.measure();
    peer.loop.run();

    assertThat(of(peer).window().smallestStreamSend()).hasValue(65_535 - 1_005);
    assertThat(of(peer).window().smallestStreamReceive()).hasValue(65_535 - 505);
    assertThat(of(peer).loop().lagNanos()).hasValue(0);
    peer.verify();
  }

  @Test
  void loopThatIsBlockedShowsInItsLagAndItsCommands() {
    Http2Peer peer = Http2Peer.ready();
    peer.transport.measure();
    peer.call().start(null, false);
    peer.call().start(null, false);

    peer.loop.passTime(TIME);

    assertThat(of(peer).loop().lagNanos()).hasValue(TIME.toNanos());
    assertThat(of(peer).loop().commands()).isEqualTo(2);
    peer.loop.run();
    assertThat(of(peer).loop().lagNanos()).hasValue(TIME.toNanos());
    assertThat(of(peer).loop().commands()).isZero();
    peer.verify();
  }
}
