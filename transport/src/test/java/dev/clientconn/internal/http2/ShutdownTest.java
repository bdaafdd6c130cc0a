// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static dev.clientconn.internal.http2.Http2Peer.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.transport.TransportSnapshot.State;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class ShutdownTest extends PeerTest {

  private static final Status REASON = Status.UNAVAILABLE.withDescription("shut down");

  private static void shutdown(Http2Peer peer) {
    peer.transport.shutdown(REASON);
    peer.loop.run();
  }

  private static void shutdownNow(Http2Peer peer) {
    peer.transport.shutdownNow(REASON);
    peer.loop.run();
  }

  @Conforms({"J08", "J14", "T178"})
  @Test
  void shutdownLetsStreamsFinishAndOpensNoMore() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.frames();

    shutdown(peer);
    RecordingCall late = peer.unary();
    assertThat(peer.owner.phases).containsExactly("ready", "draining");
    assertThat(peer.transport.snapshot().state()).isEqualTo(State.DRAINING);
    assertThat(late.takeEvents()).containsExactly("closed UNAVAILABLE NOT_SENT");
    peer.expectsNothing();

    peer.answers(1);
    assertThat(call.status().isOk()).isTrue();
    peer.expects("GOAWAY 0 NO_ERROR ");
    assertThat(peer.owner.phases).containsExactly("ready", "draining", "terminated");
    assertThat(peer.owner.terminated).isEqualTo(REASON);
    assertThat(peer.transport.snapshot().state()).isEqualTo(State.CLOSED);
  }

  @Test
  void shutdownServesCallsThatWaitForASlot() {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.maxConcurrentStreams(1));
    peer.unary();
    RecordingCall waiting = peer.unary();

    shutdown(peer);
    peer.answers(1);
    assertThat(peer.owner.phases).containsExactly("ready", "draining");
    peer.answers(3);

    assertThat(waiting.status().isOk()).isTrue();
    assertThat(peer.owner.phases).containsExactly("ready", "draining", "terminated");
  }

  @Test
  void replacedConnectionGivesUpTheCallsThatWaitForASlot() {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.maxConcurrentStreams(1));
    RecordingCall open = peer.unary();
    RecordingCall waiting = peer.unary();
    waiting.takeEvents();

    peer.transport.replace(REASON);
    peer.loop.run();

    assertThat(waiting.takeEvents()).containsExactly("closed UNAVAILABLE NOT_SENT");
    assertThat(peer.owner.phases).containsExactly("ready", "draining");
    peer.answers(1);
    assertThat(open.status().isOk()).isTrue();
    assertThat(peer.owner.phases).containsExactly("ready", "draining", "terminated");
  }

  @Test
  void shutdownNowOfAReplacedConnectionGivesItsOwnReason() {
    Http2Peer peer = ready();
    RecordingCall open = peer.unary();
    peer.transport.replace(REASON);
    peer.loop.run();

    peer.transport.shutdownNow(Status.UNAVAILABLE.withDescription("too late"));
    peer.loop.run();

    assertThat(open.status().getDescription()).isEqualTo("too late");
  }

  @Test
  void shutdownEndsWhenTheLastWaitingCallGivesUp() {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.maxConcurrentStreams(0));
    RecordingCall waiting = peer.unary();
    shutdown(peer);

    waiting.stream().cancel(Status.CANCELLED);
    peer.loop.run();

    assertThat(peer.owner.phases).containsExactly("ready", "draining", "terminated");
  }

  @Conforms("J04")
  @Test
  void shutdownWithoutStreamsEndsAtOnce() {
    Http2Peer peer = ready();

    shutdown(peer);

    peer.expects("GOAWAY 0 NO_ERROR ");
    assertThat(peer.owner.phases).containsExactly("ready", "draining", "terminated");
    assertThat(peer.socket.isOpen()).isFalse();
  }

  @Conforms("T178")
  @Test
  void callsThatRaceWithShutdownAreReportedAsNotSent() {
    Http2Peer peer = ready();
    RecordingCall live = peer.unary();
    peer.transport.shutdown(REASON);
    List<RecordingCall> late = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      late.add(peer.call().start(bytes("x"), true));
    }

    peer.loop.run();

    assertThat(late)
        .allSatisfy(c -> assertThat(c.takeEvents()).containsExactly("closed UNAVAILABLE NOT_SENT"));
    peer.answers(1);
    assertThat(live.status().isOk()).isTrue();
  }

  @Conforms({"J09", "J10", "T179"})
  @Test
  void shutdownNowEndsEveryStreamWithTheReason() {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.maxConcurrentStreams(1));
    RecordingCall open = peer.unary();
    RecordingCall waiting = peer.unary();
    peer.frames();

    shutdownNow(peer);

    assertThat(open.takeEvents()).containsExactly("closed UNAVAILABLE PROCESSED");
    assertThat(open.status()).isEqualTo(REASON);
    assertThat(waiting.takeEvents()).containsExactly("closed UNAVAILABLE NOT_SENT");
    peer.expects("GOAWAY 0 NO_ERROR ");
    assertThat(peer.owner.phases).containsExactly("ready", "terminated");
    assertThat(peer.owner.terminated).isEqualTo(REASON);
  }

  @Test
  void shutdownNowNotifiesTheOwnerBeforeTheCalls() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    List<Boolean> closed = new ArrayList<>();
    peer.owner.onClosing = () -> closed.add(call.isClosed());

    shutdownNow(peer);

    assertThat(closed).containsExactly(false);
    assertThat(call.isClosed()).isTrue();
  }

  @Test
  void ownerThatKnowsOfTheDrainIsNotNotifiedOfTheClose() {
    Http2Peer peer = ready();
    peer.unary();
    shutdown(peer);
    peer.owner.onClosing = () -> peer.owner.violations.add("closing after draining");

    shutdownNow(peer);

    assertThat(peer.owner.phases).containsExactly("ready", "draining", "terminated");
  }

  @Conforms("T179")
  @Test
  void shutdownIsNotifiedOnceHoweverOftenItIsRequested() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();

    shutdown(peer);
    shutdown(peer);
    shutdownNow(peer);
    shutdownNow(peer);
    shutdown(peer);

    assertThat(peer.owner.phases).containsExactly("ready", "draining", "terminated");
    assertThat(call.takeEvents()).containsExactly("closed UNAVAILABLE PROCESSED");
  }

  @Conforms("J03")
  @Test
  void shutdownBeforeReadyEndsTheAttempt() {
    Http2Peer peer = connecting();

    shutdown(peer);

    assertThat(peer.owner.phases).containsExactly("draining", "terminated");
    assertThat(peer.owner.terminated).isEqualTo(REASON);
    assertThat(peer.socket.isOpen()).isFalse();
  }

  @Conforms({"J15", "T121"})
  @Test
  void callsAfterTheEndFail() {
    Http2Peer peer = ready();
    shutdownNow(peer);

    RecordingCall late = peer.streaming();
    late.write(bytes("x")).stream().halfClose();
    late.stream().consumed(100_000);
    late.stream().onDemand();
    late.stream().cancel(Status.CANCELLED);
    peer.loop.run();

    assertThat(late.takeEvents()).containsExactly("closed UNAVAILABLE NOT_SENT");
  }

  @Conforms("T023")
  @Test
  void aSocketThatThePeerClosesEndsEveryCallOnce() {
    Http2Peer peer = ready();
    RecordingCall fresh = peer.unary();
    RecordingCall half = peer.unary();
    RecordingCall done = peer.unary();
    peer.sendsHeaders(3).sendsData(3, new byte[] {0, 0, 0}, 0, false).answers(5);

    peer.closes();

    assertThat(fresh.takeEvents()).containsExactly("closed UNAVAILABLE PROCESSED");
    assertThat(half.takeEvents()).containsExactly("headers", "closed UNAVAILABLE PROCESSED");
    assertThat(done.status().isOk()).isTrue();
    assertThat(fresh.status().getDescription()).endsWith("lost: the server closed it");
    assertThat(peer.owner.phases).containsExactly("ready", "terminated");
  }

  @Test
  void whatIsReadWithTheConnectionsEndIsIgnored() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.frames();

    peer.inOneRead(() -> peer.sendsWindowUpdate(0, Integer.MAX_VALUE)
        .answers(1)
        .sendsPing(1)
        .sendsSettings(s -> {})
        .sendsGoAway(2, io.netty.handler.codec.http2.Http2Error.NO_ERROR, ""));

    assertThat(peer.texts()).hasSize(1).allMatch(t -> t.startsWith("GOAWAY 0 FLOW_CONTROL_ERROR"));
    assertThat(call.takeEvents()).containsExactly("closed UNAVAILABLE PROCESSED");
  }

  @Conforms("T121")
  @Test
  void aCallThatStartsAsTheConnectionIsLostEndsBeforeTheOwnerIsNotified() {
    Http2Peer peer = ready();
    RecordingCall late = peer.call();
    List<String> phasesAtItsEnd = new ArrayList<>();
    late.onClosed = () -> phasesAtItsEnd.addAll(peer.owner.phases);
    peer.unary().onClosed = () -> late.start(bytes("again"), true);

    peer.closes();

    assertThat(late.takeEvents()).containsExactly("closed UNAVAILABLE NOT_SENT");
    assertThat(phasesAtItsEnd).containsExactly("ready");
    assertThat(peer.owner.phases).containsExactly("ready", "terminated");
  }

  @Conforms("T179")
  @Test
  void aBlockedSocketDoesNotDelayShutdownNow() {
    Http2Peer peer = ready();
    peer.socket.clog();
    RecordingCall call = peer.call().start(new byte[1 << 20], true);
    peer.loop.run();

    shutdownNow(peer);

    assertThat(call.status()).isEqualTo(REASON);
    assertThat(peer.owner.phases).containsExactly("ready", "terminated");
  }

  @Test
  void aCallThatAsksForShutdownAsItEndsIsHeard() {
    Http2Peer peer = ready();
    RecordingCall first = peer.unary();
    RecordingCall second = peer.unary();
    first.onClosed = () -> peer.transport.shutdownNow(REASON);

    peer.answers(1);

    assertThat(second.status()).isEqualTo(REASON);
    assertThat(peer.owner.phases).containsExactly("ready", "terminated");
  }

  @Test
  void aDefectInACommandClosesTheConnectionAndEndsEveryCall() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    RecordingCall never = peer.call();

    Logger logger = Logger.getLogger(Http2Client.class.getName());
    logger.setLevel(Level.OFF);
    // Written before it was started, against the contract.
    never.write(bytes("x"));
    peer.loop.run();
    logger.setLevel(null);

    assertThat(call.takeEvents()).containsExactly("closed UNAVAILABLE PROCESSED");
    assertThat(peer.owner.phases).containsExactly("ready", "terminated");
  }
}
