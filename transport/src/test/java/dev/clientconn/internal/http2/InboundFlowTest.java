// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static dev.clientconn.internal.http2.Http2Peer.bytes;
import static dev.clientconn.internal.http2.Http2Peer.framed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import io.grpc.Status;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class InboundFlowTest extends PeerTest {

  private static final int FRAME = 16_384;

  /** A message that is so many bytes with its prefix. */
  private static byte[] message(int framedLength) {
    return new byte[framedLength - 5];
  }

  private Http2Peer withLargeConnectionWindow() {
    return ready(s -> s.connectionWindow = 1 << 24);
  }

  @Conforms("T031")
  @Test
  void theConnectionsWindowOpensAsBytesArriveWhetherOrNotTheyAreRead() {
    Http2Peer peer = ready();
    RecordingCall unread = peer.unary();
    unread.hasDemand = false;
    RecordingCall other = peer.unary();
    peer.sendsHeaders(1).frames();

    peer.sendsMessage(1, message(FRAME - 2));
    peer.expectsNothing();
    assertThat(peer.transport.snapshot().window().receive()).isEqualTo(65_535 - FRAME + 2);
    peer.sendsMessage(1, message(6));

    peer.expects("WINDOW_UPDATE 0 +16388");
    peer.answers(3);
    assertThat(other.status().isOk()).isTrue();
  }

  @Conforms({"J29", "T039"})
  @Test
  void aStreamsWindowOpensAsTheApplicationTakesMessages() {
    Http2Peer peer = withLargeConnectionWindow();
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1)
        .sendsMessage(1, message(FRAME))
        .sendsMessage(1, message(FRAME))
        .frames();

    call.stream().consumed(FRAME - 2);
    peer.loop.run();
    peer.expectsNothing();
    call.stream().consumed(FRAME + 2);
    peer.loop.run();

    peer.expects("WINDOW_UPDATE 1 +32768");
  }

  @Test
  void smallReadsAreGatheredOnTheCallsSideAndLoseNothing() {
    Http2Peer peer = withLargeConnectionWindow();
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1).frames();
    long credit = 0;

    for (int i = 0; i < 10_000; i++) {
      peer.sendsMessage(1, message(20));
      call.stream().consumed(20);
      peer.loop.run();
      credit += peer.frames().stream()
          .mapToLong(f -> Long.parseLong(f.text().substring(f.text().indexOf('+') + 1)))
          .sum();
    }

    assertThat(call.isClosed()).isFalse();
    // A quarter of the window on this side of the border, an eighth on the other.
    assertThat(credit).isBetween(200_000L - 65_535 / 4 - 65_535 / 8, 200_000L);
  }

  @Test
  void nothingIsCreditedToAStreamThatIsOver() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1).sendsMessage(1, message(10_000)).sendsTrailers(1).frames();

    call.stream().consumed(10_000);
    call.stream().onDemand();
    peer.loop.run();

    peer.expectsNothing();
  }

  @Conforms({"J30", "T040"})
  @Test
  void aMessageLargerThanTheWindowIsLetInAtOnceIfItIsWanted() {
    Http2Peer peer = withLargeConnectionWindow();
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1).frames();
    byte[] all = framed(message(200_000));

    peer.sendsData(1, Arrays.copyOfRange(all, 0, 5), 0, false);

    // 199,995 are to come, and 65,530 have room.
    peer.expects("WINDOW_UPDATE 1 +134465");
    sendRest(peer, all);
    assertThat(call.takeEvents()).containsExactly("headers", "message 199995 bytes");
  }

  @Conforms("T040")
  @Test
  void aMessageLargerThanTheWindowWaitsForDemand() {
    Http2Peer peer = withLargeConnectionWindow();
    RecordingCall call = peer.unary();
    call.hasDemand = false;
    peer.sendsHeaders(1).frames();
    byte[] all = framed(message(200_000));

    peer.sendsData(1, Arrays.copyOfRange(all, 0, 5), 0, false).expectsNothing();
    call.hasDemand = true;
    call.stream().onDemand();
    peer.loop.run();

    peer.expects("WINDOW_UPDATE 1 +134465");
    call.stream().onDemand();
    peer.loop.run();
    peer.expectsNothing();
    sendRest(peer, all);
    assertThat(call.messages).hasSize(1);
  }

  @Conforms("T039")
  @Test
  void whatWasGrantedForALargeMessageIsPaidBackAsItIsTaken() {
    Http2Peer peer = withLargeConnectionWindow();
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1);
    byte[] all = framed(message(200_000));
    peer.sendsData(1, Arrays.copyOfRange(all, 0, 5), 0, false);
    sendRest(peer, all);
    peer.frames();

    call.stream().consumed(200_000);
    peer.loop.run();

    // The grant was 134,465; what is left makes the window what it was.
    peer.expects("WINDOW_UPDATE 1 +65535");
  }

  @Test
  void aGrantThatTheLargestWindowLimitsIsCompletedAsTheApplicationReads() {
    Http2Peer peer = ready(s -> {
      s.connectionWindow = 1 << 24;
      s.maxInboundMessageSize = Integer.MAX_VALUE;
    });
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1).sendsMessage(1, message(10_000)).frames();

    // The length of the next message, 2^31-1: windows have no room for it beside what is unread.
    peer.sendsData(1, new byte[] {0, 0x7f, -1, -1, -1}, 0, false);
    peer.expects("WINDOW_UPDATE 1 +" + (Integer.MAX_VALUE - 65_535));
    call.stream().consumed(10_000);
    peer.loop.run();

    peer.expects("WINDOW_UPDATE 1 +10000");
  }

  private static void sendRest(Http2Peer peer, byte[] all) {
    for (int at = 5; at < all.length; at += FRAME) {
      peer.sendsData(1, Arrays.copyOfRange(all, at, Math.min(all.length, at + FRAME)), 0, false);
    }
  }

  @Test
  void aPrefixIsGrantedWhereTheWindowEndsInIt() {
    Http2Peer peer = withLargeConnectionWindow();
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1);
    peer.sendsMessage(1, message(65_532)).frames();

    peer.sendsData(1, new byte[] {0, 0, 0}, 0, false);

    peer.expects("WINDOW_UPDATE 1 +2");
    peer.sendsData(1, new byte[] {0, 1}, 0, false);
    peer.expects("WINDOW_UPDATE 1 +1");
    peer.sendsData(1, bytes("x"), 0, false);
    assertThat(call.messages).hasSize(2);
  }

  @Conforms({"H16", "T030", "T035"})
  @Test
  void paddingIsGivenBackAtOnce() {
    Http2Peer peer = withLargeConnectionWindow();
    RecordingCall call = peer.unary();
    call.hasDemand = false;
    peer.sendsHeaders(1).frames();

    for (int i = 0; i < 65; i++) {
      peer.sendsData(1, framed(new byte[0]), 256, false);
    }

    // 64 times 256 are a quarter of the window.
    peer.expects("WINDOW_UPDATE 1 +16384");
    assertThat(call.messages).hasSize(65);
  }

  @Conforms("T030")
  @Test
  void paddingCountsAgainstTheConnectionsWindowToo() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    call.hasDemand = false;
    peer.sendsHeaders(1).frames();

    peer.inOneRead(() -> {
      for (int i = 0; i < 65; i++) {
        peer.sendsData(1, framed(new byte[0]), 256, false);
      }
    });

    // 65 times 256 and 5, and as much of the padding as makes a quarter of the stream's window.
    peer.expects("WINDOW_UPDATE 1 +16384", "WINDOW_UPDATE 0 +16965");
  }

  @Conforms("T030")
  @Test
  void paddingCountsAgainstTheStreamsWindowToo() {
    Http2Peer peer = withLargeConnectionWindow();
    RecordingCall call = peer.unary();
    call.hasDemand = false;
    peer.sendsHeaders(1).sendsMessage(1, message(65_535 - 100)).frames();

    peer.sendsData(1, framed(new byte[0]), 96, false);

    peer.expects("RST_STREAM 1 FLOW_CONTROL_ERROR");
    assertThat(call.status().getDescription()).contains("sent 101 bytes");
  }

  @Conforms("T027")
  @Test
  void dataOfAStreamThatIsOverIsGivenBackToTheConnection() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    call.stream().cancel(Status.CANCELLED);
    peer.loop.run();
    peer.frames();

    for (int i = 0; i < 100; i++) {
      peer.sendsData(1, new byte[FRAME], 0, false);
    }

    assertThat(peer.texts()).hasSize(100).containsOnly("WINDOW_UPDATE 0 +16384");
    assertThat(peer.transport.snapshot().window().receive()).isEqualTo(65_535);
  }

  @Test
  void theBodyOfAPageThatIsNotGrpcIsConsumedOnArrival() {
    Http2Peer peer = withLargeConnectionWindow();
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1, false, ":status", "503", "content-type", "text/html").frames();

    // A byte each, padded to 256.
    for (int i = 0; i < 64; i++) {
      peer.sendsData(1, new byte[] {'x'}, 255, false);
    }

    assertThat(peer.transport.snapshot().buffered().unread()).isZero();
    peer.expects("WINDOW_UPDATE 1 +16384");
    assertThat(call.isClosed()).isFalse();
  }

  @Conforms("T033")
  @Test
  void aStreamThatIsOverrunIsResetAndTheOthersLive() {
    Http2Peer peer = withLargeConnectionWindow();
    RecordingCall call = peer.unary();
    RecordingCall other = peer.unary();
    call.hasDemand = false;
    peer.sendsHeaders(1).sendsMessage(1, message(65_535)).frames();

    peer.sendsData(1, new byte[1], 0, false);

    peer.expects("RST_STREAM 1 FLOW_CONTROL_ERROR");
    assertThat(call.status().getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(call.status().getDescription()).contains("window");
    assertThat(other.isClosed()).isFalse();
  }

  @Conforms("T034")
  @Test
  void aConnectionThatIsOverrunIsClosed() {
    Http2Peer peer = ready(s -> s.streamWindow = 1 << 20);
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1).frames();

    // In one read, so that no credit was given in between.
    peer.inOneRead(() -> peer.sendsMessage(1, message(65_536)));

    assertThat(peer.texts()).hasSize(1).allMatch(t -> t.startsWith("GOAWAY 0 FLOW_CONTROL_ERROR"));
    assertThat(call.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Conforms("T032")
  @Test
  void aWholeWindowInOneReadIsGivenBackInOneFrame() {
    Http2Peer peer = ready();
    peer.unary();
    peer.sendsHeaders(1).frames();

    peer.inOneRead(() -> peer.sendsMessage(1, message(65_535)));

    peer.expects("WINDOW_UPDATE 0 +65535");
  }

  @Test
  void aMessageMayBeCutAtEveryByte() {
    byte[] all = framed(bytes("0123456789"));
    for (int cut = 1; cut < all.length; cut++) {
      Http2Peer peer = ready();
      RecordingCall call = peer.unary();
      peer.sendsHeaders(1);

      peer.sendsData(1, Arrays.copyOfRange(all, 0, cut), 0, false);
      assertThat(call.messages).isEmpty();
      peer.sendsData(1, Arrays.copyOfRange(all, cut, all.length), 0, false);
      peer.sendsTrailers(1);

      assertThat(call.takeEvents())
          .containsExactly("headers", "message 0123456789", "closed OK PROCESSED");
    }
  }

  @Test
  void aFrameMayBringSeveralMessagesAndAHalf() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1);
    byte[] three = new byte[24];
    for (int i = 0; i < 3; i++) {
      System.arraycopy(framed(bytes("ab" + i)), 0, three, 8 * i, 8);
    }

    peer.sendsData(1, Arrays.copyOfRange(three, 0, 20), 0, false);

    assertThat(call.takeEvents()).containsExactly("headers", "message ab0", "message ab1");
    peer.sendsData(1, Arrays.copyOfRange(three, 20, 24), 0, false);
    assertThat(call.takeEvents()).containsExactly("message ab2");
  }

  @Conforms("T201")
  @Test
  void aMessageOverTheCallsLimitEndsTheCallBeforeItsBodyComes() {
    Http2Peer peer = ready(s -> s.maxInboundMessageSize = 10);
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1).sendsMessage(1, new byte[10]).frames();

    peer.sendsData(1, new byte[] {0, 0, 0, 0, 11}, 0, false);

    peer.expects("RST_STREAM 1 CANCEL");
    assertThat(call.takeEvents())
        .containsExactly(
            "headers",
            "message " + new String(new byte[10], java.nio.charset.StandardCharsets.UTF_8),
            "closed RESOURCE_EXHAUSTED PROCESSED");
  }

  @Test
  void theCompressedFlagIsDelivered() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1);

    peer.sendsData(1, new byte[] {1, 0, 0, 0, 1, 'z'}, 0, false);

    assertThat(call.takeEvents()).isEqualTo(List.of("headers", "message z compressed"));
  }

  @Conforms("H28")
  @Test
  void aSlowReaderCostsNoMoreThanItsWindowAndOneMessage() {
    Http2Peer peer = withLargeConnectionWindow();
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1).frames();
    int message = 100_000;
    byte[] endless = framed(new byte[message]);
    long allowed = 65_535;
    long sent = 0;

    // The peer uses every byte it is given; the application takes nothing.
    while (sent < allowed && sent < 100_000_000) {
      int at = (int) (sent % endless.length);
      int length = (int) Math.min(Math.min(FRAME, allowed - sent), endless.length - at);
      peer.sendsData(1, Arrays.copyOfRange(endless, at, at + length), 0, false);
      sent += length;
      call.hasDemand = call.messages.isEmpty();
      for (String frame : peer.texts()) {
        if (frame.startsWith("WINDOW_UPDATE 1 +")) {
          allowed += Long.parseLong(frame.substring(frame.indexOf('+') + 1));
        }
      }
    }

    assertThat(sent).isBetween((long) message, 65_535L + message + 5);
    assertThat(call.messages).hasSize(1);
    assertThat(call.isClosed()).isFalse();
  }
}
