// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
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
  void aBusyPeerThatReadsItsRepliesIsNoFlood() {
    Http2Peer peer = ready();
    byte[] pings = times(1000, peer.recorded(() -> peer.sendsPing(1)));

    for (int i = 0; i < 100; i++) {
      peer.sendsBytes(pings);
      assertThat(peer.texts()).hasSize(1000);
    }

    assertThat(peer.owner.phases).containsExactly("ready");
  }

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
}
