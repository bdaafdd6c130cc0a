// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FloodTest extends PeerTest {

  private static byte[] times(int count, byte[] frame) {
    byte[] all = new byte[count * frame.length];
    for (int i = 0; i < count; i++) {
      System.arraycopy(frame, 0, all, i * frame.length, frame.length);
    }
    return all;
  }

  private static long buffered(Http2Peer peer) {
    return peer.socket.unsafe().outboundBuffer() == null
        ? 0
        : peer.socket.unsafe().outboundBuffer().totalPendingWriteBytes();
  }

  @Conforms({"H23", "T020", "T137"})
  @ParameterizedTest
  @ValueSource(strings = {"PING", "SETTINGS"})
  void repliesThatAreNotReadAreBounded(String kind) {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    byte[] frame = peer.recorded(() -> {
      if (kind.equals("PING")) {
        peer.sendsPing(1);
      } else {
        peer.sendsSettings(s -> {});
      }
    });
    peer.socket.clog();
    byte[] hundred = times(100, frame);
    long most = 0;

    for (int i = 0; i < 1000 && !call.isClosed(); i++) {
      peer.sendsBytes(hundred);
      most = Math.max(most, buffered(peer));
    }

    assertThat(call.status().getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(call.status().getDescription()).contains("ENHANCE_YOUR_CALM");
    assertThat(peer.owner.phases).containsExactly("ready", "terminated");
    assertThat(most).isLessThan(500_000);
  }

  @Test
  void cancelsOfOurOwnAreNotThePeersFault() {
    Http2Peer peer = ready();
    peer.socket.clog();

    for (int i = 0; i < 2 * FloodGuard.MAX_UNREAD_REPLIES; i++) {
      peer.unary().stream().cancel(Status.CANCELLED);
      peer.loop.run();
    }

    assertThat(peer.owner.phases).containsExactly("ready");
    peer.socket.unclog();
    peer.loop.run();
    peer.frames();
  }

  @Conforms("H05")
  @Test
  void aBusyPeerThatReadsItsRepliesIsNoFlood() {
    Http2Peer peer = ready();
    byte[] pings = times(1000, peer.recorded(() -> peer.sendsPing(1)));

    for (int i = 0; i < 100; i++) {
      peer.sendsBytes(pings);
      assertThat(peer.texts()).hasSize(1000);
    }

    assertThat(peer.owner.phases).containsExactly("ready");
  }

  @Conforms("T137")
  @Test
  void aPeerThatReadsAgainInTimeIsForgiven() {
    Http2Peer peer = ready();
    byte[] pings = times(9000, peer.recorded(() -> peer.sendsPing(1)));

    for (int i = 0; i < 5; i++) {
      peer.socket.clog();
      peer.sendsBytes(pings);
      peer.sendsBytes(pings);
      peer.socket.unclog();
      peer.loop.run();
      assertThat(peer.texts()).hasSize(18_000);
    }

    assertThat(peer.owner.phases).containsExactly("ready");
  }

  @Conforms("H25")
  @Test
  void smallContinuationsAreBounded() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.frames();
    peer.sendsFrame(1, 0, 1);

    for (int i = 0; i < 1000 && !call.isClosed(); i++) {
      peer.sendsFrame(9, 0, 1);
    }

    assertThat(peer.texts()).hasSize(1).allMatch(t -> t.startsWith("GOAWAY 0 ENHANCE_YOUR_CALM"));
    assertThat(call.isClosed()).isTrue();
  }

  @Conforms({"H20", "H25"})
  @Test
  void aBlockOverTheBoundEndsTheConnectionAndItsCallForGood() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    RecordingCall other = peer.unary();
    peer.frames();
    byte[] fragment = new byte[5000];
    java.util.Arrays.fill(fragment, (byte) 0x41);
    peer.sendsFrame(1, 0, 1);
    int sent = 0;

    for (; sent < 100 && !call.isClosed(); sent++) {
      peer.sendsFrame(9, 0, 1, fragment);
    }

    String limit = "the server sent headers or trailers of more than 8192 bytes, the limit that"
        + " maxInboundMetadataSize (property inbound.metadata.max-size) sets";
    // 13 fragments are less than 64 KiB.
    assertThat(sent).isEqualTo(14);
    List<String> frames = peer.texts();
    assertThat(frames).hasSize(2).first().isEqualTo("RST_STREAM 1 CANCEL");
    assertThat(frames.get(1)).startsWith("GOAWAY 0 ENHANCE_YOUR_CALM").contains(limit);
    assertThat(call.status().getCode()).isEqualTo(Code.INTERNAL);
    assertThat(call.status().getDescription()).isEqualTo(limit);
    assertThat(other.status().getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(other.status().getDescription())
        .contains("a header block of over 65536 bytes on stream 1", limit);
  }

  @Conforms("H20")
  @Test
  void theBoundIsFourTimesALimitThatIsLarge() {
    Http2Peer peer = ready(s -> s.maxInboundMetadataSize = 100_000);
    RecordingCall call = peer.unary();
    RecordingCall other = peer.unary();
    peer.frames();

    peer.sendsHeaders(1, true, ":status", "200", "x-large", "X".repeat(399_000));
    peer.answers(3);

    assertThat(call.status().getDescription()).contains("more than 100000 bytes");
    assertThat(other.status().isOk()).isTrue();
    RecordingCall last = peer.unary();
    peer.sendsHeaders(5, true, ":status", "200", "x-large", "X".repeat(401_000));
    assertThat(last.status().getCode()).isEqualTo(Code.INTERNAL);
    assertThat(peer.owner.phases).containsExactly("ready", "terminated");
  }

  @Conforms("H20")
  @Test
  void aLimitOfManyFramesAllowsThem() {
    Http2Peer peer = ready(s -> s.maxInboundMetadataSize = 1_000_000);
    RecordingCall call = peer.unary();

    peer.sendsHeaders(
        1, false, ":status", "200", "content-type", "application/grpc", "x", "x".repeat(900_000));

    assertThat(call.takeEvents()).containsExactly("headers");
  }

  @Conforms({"H24", "T043"})
  @Test
  void emptyDataInARowIsBounded() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1).frames();
    byte[] empty = peer.recorded(() -> peer.sendsData(1, new byte[0], 0, false));

    peer.sendsBytes(times(FloodGuard.MAX_EMPTY_FRAMES, empty));
    assertThat(call.isClosed()).isFalse();
    peer.sendsBytes(empty);

    assertThat(peer.texts()).hasSize(1).allMatch(t -> t.startsWith("GOAWAY 0 ENHANCE_YOUR_CALM"));
    assertThat(call.status().getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(call.status().getDescription()).contains("empty DATA");
  }

  @Conforms("H24")
  @Test
  void emptyDataOfStreamsThatAreOverCountsToo() {
    Http2Peer peer = ready();
    peer.unary();
    peer.answers(1).frames();
    byte[] empty = peer.recorded(() -> peer.sendsData(1, new byte[0], 0, false));

    peer.sendsBytes(times(FloodGuard.MAX_EMPTY_FRAMES + 1, empty));

    assertThat(peer.texts()).hasSize(1).allMatch(t -> t.startsWith("GOAWAY 0 ENHANCE_YOUR_CALM"));
  }

  @Test
  void paddedMessagesAreNoFlood() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1);
    int count = 2 * FloodGuard.MAX_EMPTY_FRAMES;

    for (int i = 0; i < count; i++) {
      // As long as its message.
      peer.sendsData(1, Http2Peer.framed(new byte[0]), 5, false);
      call.stream().consumed(5);
    }

    assertThat(call.messages).hasSize(count);
    assertThat(peer.owner.phases).containsExactly("ready");
  }

  @Conforms("H24")
  @Test
  void emptyDataAmongMessagesIsNoFlood() {
    Http2Peer peer = ready(s -> s.connectionWindow = 1 << 24);
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1).frames();

    for (int i = 0; i < 3 * FloodGuard.MAX_EMPTY_FRAMES; i++) {
      peer.sendsData(1, new byte[0], 0, false).sendsMessage(1, new byte[1]);
    }
    peer.sendsTrailers(1);

    assertThat(call.status().isOk()).isTrue();
    assertThat(call.messages).hasSize(3 * FloodGuard.MAX_EMPTY_FRAMES);
  }

  @Conforms("H27")
  @ParameterizedTest
  @ValueSource(strings = {"RST_STREAM", "WINDOW_UPDATE", "zero WINDOW_UPDATE", "unknown"})
  void framesForAStreamThatIsOverProvokeNothing(String kind) {
    Http2Peer peer = ready();
    peer.unary();
    peer.answers(1).frames();
    byte[] frame = peer.recorded(() -> {
      switch (kind) {
        case "RST_STREAM" -> peer.sendsRst(1, 8);
        case "WINDOW_UPDATE" -> peer.sendsWindowUpdate(1, 1);
        case "zero WINDOW_UPDATE" -> peer.sendsFrame(8, 0, 1, new byte[4]);
        default -> peer.sendsFrame(0x42, 0, 1, new byte[4]);
      }
    });

    peer.sendsBytes(times(50_000, frame));

    peer.expectsNothing();
    assertThat(peer.owner.phases).containsExactly("ready");
  }

  @Conforms("H26")
  @Test
  void zeroWindowUpdatesResetTheirStreamOnce() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.frames();
    byte[] zero = peer.recorded(() -> peer.sendsFrame(8, 0, 1, new byte[4]));

    peer.sendsBytes(times(50_000, zero));

    peer.expects("RST_STREAM 1 PROTOCOL_ERROR");
    assertThat(call.status().getCode()).isEqualTo(Code.INTERNAL);
    assertThat(peer.owner.phases).containsExactly("ready");
  }
}
