// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.transport.TransportOptions.KeepaliveOptions;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.netty.handler.codec.http2.Http2Error;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class KeepaliveTest extends PeerTest {

  private static final Duration TIME = Duration.ofSeconds(10);
  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final Duration NANO = Duration.ofNanos(1);

  private Http2Peer keptAlive(Duration timeout, boolean withoutCalls) {
    return ready(s -> s.keepalive = new KeepaliveOptions(TIME, timeout, withoutCalls));
  }

  @Conforms("T190")
  @Test
  void noPingIsSentUnlessKeepaliveIsOn() {
    Http2Peer peer = ready();
    peer.unary();
    peer.frames();

    peer.after(Duration.ofDays(7)).expectsNothing();
  }

  @Test
  void aQuietConnectionIsPingedAfterTheTime() {
    Http2Peer peer = keptAlive(TIMEOUT, false);
    peer.unary();
    peer.frames();

    peer.after(TIME.minus(NANO)).expectsNothing();
    peer.after(NANO).expects("PING 0");
  }

  @Conforms({"T021", "T191"})
  @Test
  void anyReadDelaysThePing() {
    Http2Peer peer = keptAlive(TIMEOUT, false);
    peer.unary();
    peer.frames();

    peer.after(Duration.ofSeconds(9)).sendsWindowUpdate(0, 1);
    peer.after(Duration.ofSeconds(9)).expectsNothing();
    peer.after(Duration.ofSeconds(1)).expects("PING 0");
  }

  @Conforms("T193")
  @Test
  void aConnectionWithoutAnAckIsClosedAfterTheTimeout() {
    Http2Peer peer = keptAlive(TIMEOUT, false);
    RecordingCall call = peer.unary();

    peer.after(TIME.plus(TIMEOUT).minus(NANO));
    assertThat(call.isClosed()).isFalse();
    peer.after(NANO);

    assertThat(call.takeEvents()).containsExactly("closed UNAVAILABLE PROCESSED");
    assertThat(call.status().getDescription()).contains("keepalive");
    assertThat(peer.owner.phases).containsExactly("ready", "terminated");
    assertThat(peer.owner.terminated.getCode()).isEqualTo(Code.UNAVAILABLE);
  }

  @Conforms("T194")
  @Test
  void anythingReadCountsAsTheResponse() {
    Http2Peer peer = keptAlive(TIMEOUT, false);
    RecordingCall call = peer.unary();
    peer.after(TIME).frames();

    peer.after(Duration.ofSeconds(2)).sendsHeaders(1).after(Duration.ofSeconds(5));

    assertThat(call.isClosed()).isFalse();
    peer.expectsNothing();
    // The next one is due ten seconds after the read.
    peer.after(Duration.ofSeconds(5)).expects("PING 0");
  }

  @Conforms("T195")
  @Test
  void pingsComeOnceATimeHoweverLongTheTimeout() {
    Http2Peer peer = keptAlive(Duration.ofSeconds(60), false);
    peer.unary();
    peer.frames();

    for (int i = 0; i < 5; i++) {
      peer.after(TIME).expects("PING 0");
      peer.sendsPingAck(0);
    }
  }

  @Conforms("T193")
  @Test
  void aTimeoutLongerThanTheTimeIsKeptToTheEnd() {
    Http2Peer peer = keptAlive(Duration.ofSeconds(25), false);
    RecordingCall call = peer.unary();
    peer.after(TIME).frames();

    peer.after(Duration.ofSeconds(25).minus(NANO)).expectsNothing();
    assertThat(call.isClosed()).isFalse();
    peer.after(NANO);

    assertThat(call.isClosed()).isTrue();
  }

  @Conforms("T192")
  @Test
  void noPingIsSentWithoutStreams() {
    Http2Peer peer = keptAlive(TIMEOUT, false);

    peer.after(Duration.ofHours(1)).expectsNothing();

    assertThat(peer.loop.hasTimer()).isFalse();
    assertThat(peer.owner.phases).containsExactly("ready");
  }

  @Test
  void pingsStopWhenTheLastStreamEnds() {
    Http2Peer peer = keptAlive(TIMEOUT, false);
    peer.unary();
    peer.answers(1).frames();

    peer.after(Duration.ofHours(1)).expectsNothing();

    assertThat(peer.loop.hasTimer()).isFalse();
  }

  @Conforms({"T099", "T192"})
  @Test
  void aStreamWakesADormantConnectionWithAPing() {
    Http2Peer peer = keptAlive(TIMEOUT, false);
    peer.after(Duration.ofHours(1));

    peer.unary();

    assertThat(peer.texts()).containsExactlyInAnyOrder("HEADERS 1", "DATA 1 10 END", "PING 0");
    peer.after(TIMEOUT);
    assertThat(peer.owner.phases).containsExactly("ready", "terminated");
  }

  @Conforms("T192")
  @Test
  void pingsAreSentWithoutStreamsWhereConfigured() {
    Http2Peer peer = keptAlive(TIMEOUT, true);

    peer.after(TIME).expects("PING 0");
    peer.sendsPingAck(0);
    peer.after(TIME).expects("PING 0");
    peer.after(TIMEOUT);

    assertThat(peer.owner.phases).containsExactly("ready", "terminated");
  }

  @Test
  void noPingIsSentBeforeTheConnectionIsReady() {
    Http2Peer peer = connecting(s -> s.keepalive = new KeepaliveOptions(TIME, TIMEOUT, true));
    peer.frames();

    peer.after(Duration.ofSeconds(15)).expectsNothing();
  }

  @Conforms("H37")
  @Test
  void callsThatWaitForASlotAreLookedAfter() {
    Http2Peer peer = keptAlive(TIMEOUT, false);
    peer.sendsSettings(s -> s.maxConcurrentStreams(0)).frames();
    RecordingCall waiting = peer.unary();

    peer.after(TIME).expects("PING 0");
    peer.after(TIMEOUT);

    assertThat(waiting.takeEvents()).containsExactly("closed UNAVAILABLE NOT_SENT");
    assertThat(peer.owner.phases).containsExactly("ready", "terminated");
  }

  @Test
  void aConnectionWhoseLastWaitingCallGaveUpIsDormant() {
    Http2Peer peer = keptAlive(TIMEOUT, false);
    peer.sendsSettings(s -> s.maxConcurrentStreams(0)).frames();

    peer.unary().stream().cancel(Status.CANCELLED);

    peer.after(Duration.ofDays(1)).expectsNothing();
  }

  @Conforms("J13")
  @Test
  void noTimerRemainsAfterTheEnd() {
    Http2Peer peer = keptAlive(TIMEOUT, true);
    peer.unary();
    peer.after(TIME);

    peer.closes();

    assertThat(peer.loop.isQuiet()).isTrue();
  }

  @Conforms({"T175", "C029"})
  @Test
  void tooManyPingsDoubleTheTimeOfLaterConnections() {
    KeepaliveOptions channel = new KeepaliveOptions(TIME, TIMEOUT, true);
    Http2Peer strict = ready(s -> s.keepalive = channel);
    Http2Peer present = ready(s -> s.keepalive = channel);

    strict.sendsGoAway(0, Http2Error.ENHANCE_YOUR_CALM, "too_many_pings");
    Http2Peer next = ready(s -> s.keepalive = channel);

    present.after(TIME).expects("PING 0");
    next.after(TIME.multipliedBy(2).minus(NANO)).expectsNothing();
    next.after(NANO).expects("PING 0");
  }

  @Conforms("T175")
  @Test
  void connectionsThatShareATimeDoubleItOnce() {
    KeepaliveOptions channel = new KeepaliveOptions(TIME, TIMEOUT, true);
    Http2Peer first = ready(s -> s.keepalive = channel);
    Http2Peer second = ready(s -> s.keepalive = channel);

    first.sendsGoAway(0, Http2Error.ENHANCE_YOUR_CALM, "too_many_pings");
    second.sendsGoAway(0, Http2Error.ENHANCE_YOUR_CALM, "too_many_pings");
    assertThat(channel.time().nanos()).isEqualTo(TIME.multipliedBy(2).toNanos());
    ready(s -> s.keepalive = channel)
        .sendsGoAway(0, Http2Error.ENHANCE_YOUR_CALM, "too_many_pings");

    assertThat(channel.time().nanos()).isEqualTo(TIME.multipliedBy(4).toNanos());
  }

  @Conforms("T175")
  @Test
  void otherGoAwaysLeaveTheTimeAsItIs() {
    KeepaliveOptions channel = new KeepaliveOptions(TIME, TIMEOUT, true);

    ready(s -> s.keepalive = channel)
        .sendsGoAway(0, Http2Error.ENHANCE_YOUR_CALM, "too_many_requests");
    ready(s -> s.keepalive = channel).sendsGoAway(0, Http2Error.NO_ERROR, "too_many_pings");

    assertThat(channel.time().nanos()).isEqualTo(TIME.toNanos());
  }
}
