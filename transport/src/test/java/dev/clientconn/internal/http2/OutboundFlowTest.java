// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static dev.clientconn.internal.http2.Http2Peer.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.flow.Window;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OutboundFlowTest extends PeerTest {

  private static final int KIB = 1024;

  /** A message that is so many bytes with its prefix. */
  private static byte[] message(int framedLength) {
    return new byte[framedLength - 5];
  }

  private static RecordingCall sending(Http2Peer peer, int framedLength) {
    RecordingCall call = peer.call().start(message(framedLength), true);
    peer.loop.run();
    return call;
  }

  @Test
  void aLongMessageIsCutIntoFramesOfSixteenKib() {
    Http2Peer peer = ready();

    sending(peer, 40 * KIB);

    peer.expects("HEADERS 1", "DATA 1 16384", "DATA 1 16384", "DATA 1 8192 END");
  }

  @Conforms("T134")
  @Test
  void framesDoNotGrowWithThePeersMaxFrameSize() {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.maxFrameSize(1 << 20)).frames();

    sending(peer, 20 * KIB);

    peer.expects("HEADERS 1", "DATA 1 16384", "DATA 1 4096 END");
  }

  @Conforms("T112")
  @Test
  void streamsTakeTurnsFrameByFrame() {
    Http2Peer peer = ready();
    peer.call().start(message(40 * KIB), true);
    peer.call().start(message(20 * KIB), true);

    peer.loop.run();

    peer.expects(
        "HEADERS 1",
        "HEADERS 3",
        "DATA 1 16384",
        "DATA 3 16384",
        "DATA 1 16384",
        "DATA 3 4096 END",
        // The connection's window: 65,535 bytes.
        "DATA 1 8192 END");
  }

  @Conforms("T113")
  @Test
  void messagesOfOneStreamAreNotMixedInAFrame() {
    Http2Peer peer = ready();
    RecordingCall call = peer.streaming();
    peer.frames();

    call.write(bytes("one")).write(bytes("two"));
    peer.loop.run();

    peer.expects("DATA 1 8", "DATA 1 8");
  }

  @Conforms({"J29", "T114"})
  @Test
  void aWindowIsUsedToTheLastByteAndThenTheSenderWaits() {
    Http2Peer peer = ready();
    peer.sendsWindowUpdate(0, 1_000_000);

    sending(peer, 70_000);
    peer.expects("HEADERS 1", "DATA 1 16384", "DATA 1 16384", "DATA 1 16384", "DATA 1 16383");

    peer.sendsWindowUpdate(1, 1);
    peer.expects("DATA 1 1");
    peer.sendsWindowUpdate(1, 10_000);
    peer.expects("DATA 1 4464 END");
  }

  @Conforms("H14")
  @Test
  void anEmptyStreamWindowHoldsOneStreamBack() {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.initialWindowSize(100)).frames();
    sending(peer, 200);
    sending(peer, 50);

    peer.expects("HEADERS 1", "DATA 1 100", "HEADERS 3", "DATA 3 50 END");
    peer.sendsWindowUpdate(1, 1000);
    peer.expects("DATA 1 100 END");
  }

  @Conforms("H15")
  @Test
  void anEmptyConnectionWindowHoldsAllBackAndServesThemInTurn() {
    Http2Peer peer = ready();
    sending(peer, 65_535);
    sending(peer, 20);
    sending(peer, 20);
    peer.frames();

    assertThat(peer.transport.snapshot().window().send()).isZero();
    peer.sendsWindowUpdate(0, 30);
    peer.expects("DATA 3 20 END", "DATA 5 10");
    peer.sendsWindowUpdate(0, 30);
    peer.expects("DATA 5 10 END");
    assertThat(peer.transport.snapshot().window().send()).isEqualTo(20);
  }

  @Conforms({"T114", "T131"})
  @Test
  void aLargerInitialWindowRevivesStreams() {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.initialWindowSize(0)).frames();
    sending(peer, 20);
    peer.expects("HEADERS 1");

    peer.sendsSettings(s -> s.initialWindowSize(15));
    peer.expects("SETTINGS ACK", "DATA 1 15");
    peer.sendsSettings(s -> s.initialWindowSize(30));

    peer.expects("SETTINGS ACK", "DATA 1 5 END");
  }

  @Conforms("T131")
  @Test
  void aSmallerInitialWindowMakesAWindowNegativeAndItMustBeFilledFirst() {
    Http2Peer peer = ready();
    RecordingCall call = peer.streaming().write(message(1000));
    peer.loop.run();
    peer.sendsSettings(s -> s.initialWindowSize(400)).frames();
    call.write(message(10));
    peer.loop.run();

    // The window is 400 - 1000.
    peer.sendsWindowUpdate(1, 600).expectsNothing();
    peer.sendsWindowUpdate(1, 4).expects("DATA 1 4");
    peer.sendsWindowUpdate(1, 6).expects("DATA 1 6");
  }

  @Test
  void aWindowThatShrinksWhileAStreamStandsInTheRoundHoldsItBack() {
    Http2Peer peer = ready();
    sending(peer, 65_535);
    sending(peer, 100);
    peer.sendsSettings(s -> s.initialWindowSize(0)).frames();

    peer.sendsWindowUpdate(0, 1000).expectsNothing();
    peer.sendsWindowUpdate(3, 100).expects("DATA 3 100 END");
  }

  @Conforms({"T115", "T116"})
  @Test
  void halfCloseWithoutDataNeedsNoWindow() {
    Http2Peer peer = ready();
    sending(peer, 65_535);
    RecordingCall call = peer.streaming();
    peer.frames();

    call.stream().halfClose();
    peer.loop.run();

    peer.expects("DATA 3 0 END");
  }

  @Conforms("T116")
  @Test
  void halfCloseWithoutDataPassesAnEmptyStreamWindow() {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.initialWindowSize(6)).frames();
    RecordingCall call = peer.streaming().write(bytes("x"));
    peer.loop.run();
    peer.expects("HEADERS 1", "DATA 1 6");

    call.stream().halfClose();
    peer.loop.run();

    peer.expects("DATA 1 0 END");
  }

  @Conforms("T116")
  @Test
  void halfCloseStaysBehindDataThatWaitsForAWindow() {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.initialWindowSize(5)).frames();
    RecordingCall call = peer.streaming().write(bytes("x"));
    call.stream().halfClose();
    peer.loop.run();
    peer.expects("HEADERS 1", "DATA 1 5");

    peer.sendsWindowUpdate(1, 1);

    peer.expects("DATA 1 1 END");
  }

  @Conforms("T117")
  @Test
  void tooMuchCreditForAStreamEndsTheStream() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    RecordingCall other = peer.unary();
    peer.frames();

    peer.sendsWindowUpdate(1, Window.MAX);

    peer.expects("RST_STREAM 1 FLOW_CONTROL_ERROR");
    assertThat(call.status().getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(other.isClosed()).isFalse();
  }

  @Conforms("T117")
  @Test
  void tooMuchCreditForTheConnectionEndsTheConnection() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.frames();

    peer.sendsWindowUpdate(0, Window.MAX);

    assertThat(peer.texts()).hasSize(1).allMatch(t -> t.startsWith("GOAWAY 0 FLOW_CONTROL_ERROR"));
    assertThat(call.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(peer.owner.phases).containsExactly("ready", "terminated");
  }

  @Conforms("T131")
  @Test
  void anInitialWindowThatOverflowsAStreamEndsTheConnection() {
    Http2Peer peer = ready();
    peer.unary();
    peer.sendsWindowUpdate(1, Window.MAX - Window.INITIAL).frames();

    peer.sendsSettings(s -> s.initialWindowSize(Window.INITIAL + 100));

    assertThat(peer.texts()).hasSize(1).allMatch(t -> t.startsWith("GOAWAY 0 FLOW_CONTROL_ERROR"));
  }

  @Conforms({"H26", "T028"})
  @Test
  void creditOfZeroIsAStreamsErrorOrTheConnections() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    RecordingCall other = peer.unary();
    peer.frames();

    peer.sendsFrame(8, 0, 1, (byte) 0, (byte) 0, (byte) 0, (byte) 0);
    peer.expects("RST_STREAM 1 PROTOCOL_ERROR");
    assertThat(call.status().getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(other.isClosed()).isFalse();

    peer.sendsFrame(8, 0, 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0);
    assertThat(peer.texts()).hasSize(1).allMatch(t -> t.startsWith("GOAWAY 0 PROTOCOL_ERROR"));
    assertThat(other.isClosed()).isTrue();
  }

  @Conforms("T062")
  @Test
  void aCallIsReadyWhileLessThanItsThresholdIsQueued() {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.initialWindowSize(0)).frames();
    RecordingCall call = peer.streaming();
    call.takeEvents();

    call.write(message(32 * KIB - 1));
    assertThat(call.stream().isReady()).isTrue();
    call.write(message(6));
    assertThat(call.stream().isReady()).isFalse();
    peer.loop.run();

    peer.sendsWindowUpdate(1, 5);
    assertThat(call.stream().isReady()).isFalse();
    assertThat(call.events).isEmpty();
    peer.sendsWindowUpdate(1, 1);
    assertThat(call.stream().isReady()).isTrue();
    assertThat(call.events).containsExactly("ready", "end");
    peer.sendsWindowUpdate(1, 1);
    assertThat(call.events).hasSize(2);
  }

  @Test
  void aCallThatWritesWhenItIsReadyGoesOnByItself() {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.initialWindowSize(Window.MAX)).sendsWindowUpdate(0, 1 << 30);
    RecordingCall call = peer.call();
    int[] left = {20};
    call.onBatchEnd = () -> {
      while (call.stream().isReady() && left[0] > 0) {
        left[0]--;
        call.write(message(40 * KIB));
      }
    };

    call.start(null, false);
    peer.loop.run();

    assertThat(left[0]).isZero();
    int sent = peer.frames().stream().mapToInt(f -> f.data().readableBytes()).sum();
    assertThat(sent).isEqualTo(20 * 40 * KIB);
  }

  @Conforms({"T066", "T119"})
  @Test
  void whatACancelledStreamHadQueuedIsDroppedAndTakesNoWindow() {
    Http2Peer peer = ready();
    sending(peer, 65_535);
    RecordingCall call = sending(peer, 50_000);
    sending(peer, 100);
    peer.frames();

    call.stream().cancel(Status.CANCELLED);
    peer.loop.run();
    peer.expects("RST_STREAM 3 CANCEL");
    peer.sendsWindowUpdate(0, 100);

    peer.expects("DATA 5 100 END");
  }

  @Test
  void aCloggedSocketStopsDataUntilItIsWritableAgain() {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.initialWindowSize(Window.MAX)).sendsWindowUpdate(0, 1 << 30);
    peer.frames();
    peer.socket.clog();

    RecordingCall call = peer.call().start(message(1 << 20), false);
    peer.loop.run();
    call.takeEvents();
    assertThat(peer.socket.isWritable()).isFalse();
    long queued = peer.socket.unsafe().outboundBuffer().totalPendingWriteBytes();
    assertThat(queued).isLessThan(2 * Turn.MIN_WRITE);
    peer.loop.run();
    assertThat(peer.socket.unsafe().outboundBuffer().totalPendingWriteBytes()).isEqualTo(queued);

    peer.socket.unclog();
    peer.loop.run();
    int sent = peer.frames().stream().mapToInt(f -> f.data().readableBytes()).sum();
    assertThat(sent).isEqualTo(1 << 20);
    assertThat(call.takeEvents()).containsExactly("ready");
  }

  @Conforms("T123")
  @Test
  void newCallsAndControlFramesPassACloggedQueueOfData() {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.initialWindowSize(Window.MAX)).sendsWindowUpdate(0, 1 << 30);
    RecordingCall cancelled = peer.streaming();
    peer.frames();
    peer.socket.clog();
    sending(peer, 4 << 20);
    int queued = Turn.MIN_WRITE / (16 * KIB) + 1;
    assertThat(peer.socket.isWritable()).isFalse();

    peer.call().start(bytes("x"), true);
    cancelled.stream().cancel(Status.CANCELLED);
    peer.sendsPing(7);
    peer.socket.unclog();
    peer.loop.run();

    List<String> texts = peer.texts();
    // Behind HEADERS and the DATA that the socket had been given before, and in front of all other.
    assertThat(texts.subList(0, queued + 6))
        .contains("HEADERS 5", "RST_STREAM 1 CANCEL", "PING ACK 7", "DATA 5 6 END");
    assertThat(texts).filteredOn(t -> t.startsWith("DATA 3")).hasSize(256);
  }

  @Conforms("H34")
  @Test
  void aPeerThatDoesNotReadCostsABoundedAmountHoweverManyCallsComeAndGo() {
    Http2Peer peer = ready();
    peer.socket.clog();
    long most = 0;

    for (int i = 0; i < 20_000; i++) {
      RecordingCall call = peer.unary();
      call.stream().cancel(Status.CANCELLED);
      peer.loop.run();
      most = Math.max(most, peer.bufferedBytes() + peer.socket.pendingBytes());
    }

    assertThat(most).isLessThan(512 * KIB);
    assertThat(peer.calls).allMatch(RecordingCall::isClosed);
    peer.socket.unclog();
    peer.loop.run();
    List<String> texts = peer.texts();
    // Nothing is reset but what was opened.
    assertThat(texts.stream().filter(t -> t.startsWith("HEADERS")).count())
        .isEqualTo(texts.stream().filter(t -> t.startsWith("RST_STREAM")).count())
        .isLessThan(5_000);
  }

  private static Http2Peer fullOfHeaders(Http2Peer peer) {
    peer.socket.clog();
    while (peer.transport.snapshot().streams().pending() == 0) {
      peer.unary();
    }
    return peer;
  }

  @Conforms("H34")
  @Test
  void callsThatFindTheSocketFullWaitAndAreOpenedInOrderWhenItTakesBytes() {
    Http2Peer peer = fullOfHeaders(ready());
    RecordingCall second = peer.unary();
    RecordingCall third = peer.unary();
    third.stream().cancel(Status.CANCELLED);
    peer.loop.run();
    assertThat(third.isClosed()).isTrue();
    int opened = (int) peer.table.opened();

    peer.socket.unclog();
    peer.loop.run();

    assertThat(peer.table.opened()).isEqualTo(opened + 2);
    assertThat(peer.texts()).endsWith("DATA " + (2 * opened + 3) + " 10 END");
    assertThat(second.isClosed()).isFalse();
    assertThat(peer.transport.snapshot().streams().pending()).isZero();
  }

  @Conforms("H34")
  @Test
  void aDeadlineEndsACallThatWaitsForTheSocket() {
    Http2Peer peer = fullOfHeaders(ready());
    RecordingCall call =
        peer.call(peer.deadline(Duration.ofMillis(10)), new Metadata()).start(message(200), true);
    peer.loop.run();

    peer.after(Duration.ofMillis(20));

    assertThat(call.takeEvents()).containsExactly("closed DEADLINE_EXCEEDED PROCESSED");
    assertThat(call.status().getDescription()).contains("or does not read");
  }

  @Test
  void fewBytesHoldFewBytesWhileTheSocketIsBehind() {
    Http2Peer peer = ready();
    RecordingCall call = peer.streaming();
    call.write(bytes("x"));
    peer.loop.run();
    peer.frames();
    peer.socket.clog();
    for (int i = 0; i < 100; i++) {
      call.write(bytes("x"));
      peer.loop.run();
    }

    // 15 bytes each; the first was written to a socket that had taken everything.
    assertThat(peer.bufferedBytes()).isLessThan(2 * KIB + 100 * 64);
  }

  @Test
  void aDeadlineSaysWhichWindowTheCallWaitedFor() {
    Http2Peer peer = ready();
    RecordingCall first = peer.call(peer.deadline(Duration.ofMillis(10)), new Metadata())
        .start(message(70_000), true);
    peer.loop.run();
    peer.sendsWindowUpdate(0, 100);
    peer.after(Duration.ofMillis(20));
    assertThat(first.status().getDescription()).contains("the stream's send window");

    RecordingCall second =
        peer.call(peer.deadline(Duration.ofMillis(10)), new Metadata()).start(message(200), true);
    peer.loop.run();
    peer.after(Duration.ofMillis(20));
    assertThat(second.status().getDescription()).contains("the connection's send window");

    peer.sendsWindowUpdate(0, 1 << 20);
    peer.sendsSettings(s -> s.initialWindowSize(1 << 20));
    peer.socket.clog();
    RecordingCall third = peer.call(peer.deadline(Duration.ofMillis(10)), new Metadata())
        .start(message(400_000), true);
    peer.loop.run();
    peer.after(Duration.ofMillis(20));
    assertThat(third.status().getDescription()).contains("the socket");
  }

  private enum End {
    CANCEL,
    DEADLINE,
    RESET
  }

  @Conforms("T118")
  @ParameterizedTest
  @EnumSource
  void streamsThatEndWhileTheConnectionsWindowIsEmptyLeaveTheQueue(End end) {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.initialWindowSize(1 << 20));
    peer.streaming().write(new byte[70_000]);
    peer.loop.run();

    for (int i = 1; i <= 300; i++) {
      RecordingCall call =
          peer.call(peer.deadline(Duration.ofSeconds(1)), new Metadata()).start(bytes("a"), true);
      peer.loop.run();
      switch (end) {
        case CANCEL -> call.stream().cancel(Status.CANCELLED);
        case DEADLINE -> peer.after(Duration.ofMillis(1_100));
        case RESET -> peer.sendsRst(2 * i + 1, 8);
      }
      peer.loop.run();
      assertThat(call.isClosed()).isTrue();
      assertThat(peer.transport.client.streams.loopy.queued()).isBetween(1, 100);
    }

    peer.transport.shutdownNow(Status.UNAVAILABLE);
    peer.loop.run();
    assertThat(peer.transport.client.streams.loopy.queued()).isZero();
  }
}
