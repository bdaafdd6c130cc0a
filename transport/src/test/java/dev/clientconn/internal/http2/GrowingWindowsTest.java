// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GrowingWindowsTest extends PeerTest {

  private static final String PING = "PING " + ReceiveWindows.BDP_PING;
  private static final Duration RTT = Duration.ofMillis(20);

  private Http2Peer growing(int window) {
    return ready(s -> {
      s.growWindows = true;
      s.streamWindow = window;
      s.connectionWindow = window;
    });
  }

  /** DATA in one read, as a fast sender's arrives. */
  private static void sendsInOneRead(Http2Peer peer, int framedLength) {
    peer.inOneRead(() -> peer.sendsMessage(1, new byte[framedLength - 5]));
  }

  @Conforms({"T051", "T196"})
  @Test
  void smallResponsesArePingedForRarely() {
    Http2Peer peer = growing(65_535);
    peer.unary();
    peer.frames();

    peer.answers(1).expectsNothing();
  }

  @Conforms({"T052", "T196"})
  @Test
  void aPingFollowsTheConnectionsWindowUpdate() {
    Http2Peer peer = growing(65_535);
    peer.unary();
    peer.sendsHeaders(1).frames();

    sendsInOneRead(peer, 20_000);

    peer.expects("WINDOW_UPDATE 0 +20000", PING);
  }

  @Conforms("T057")
  @Test
  void aSampleThatFillsTheWindowRaisesBothWindows() {
    Http2Peer peer = growing(65_535);
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1).frames();
    sendsInOneRead(peer, 16_384);
    peer.expects("WINDOW_UPDATE 0 +16384", PING);

    sendsInOneRead(peer, 45_000);
    peer.frames();
    peer.after(RTT).sendsPingAck(ReceiveWindows.BDP_PING);

    peer.expects("WINDOW_UPDATE 0 +57233", "SETTINGS {INITIAL_WINDOW_SIZE=122768}");
    assertThat(call.isClosed()).isFalse();
  }

  @Test
  void aWindowThatArrivesInOneReadRaisesBothWindows() {
    Http2Peer peer = growing(65_535);
    peer.unary();
    peer.sendsHeaders(1).frames();
    sendsInOneRead(peer, 60_000);
    peer.frames();

    peer.after(RTT).sendsPingAck(ReceiveWindows.BDP_PING);

    assertThat(peer.texts()).contains("SETTINGS {INITIAL_WINDOW_SIZE=120000}");
  }

  @Conforms("T057")
  @Test
  void openAndNewStreamsHaveTheLargerWindow() {
    Http2Peer peer = growing(65_535);
    RecordingCall first = peer.unary();
    first.hasDemand = false;
    peer.sendsHeaders(1).frames();
    sendsInOneRead(peer, 16_384);
    sendsInOneRead(peer, 45_000);
    peer.after(RTT).sendsPingAck(ReceiveWindows.BDP_PING).frames();

    sendsInOneRead(peer, 28_000);
    assertThat(first.isClosed()).isFalse();
    RecordingCall second = peer.unary();
    second.hasDemand = false;
    peer.sendsHeaders(3);
    peer.inOneRead(() -> peer.sendsMessage(3, new byte[80_000]));

    assertThat(second.isClosed()).isFalse();
    peer.sendsTrailers(1).sendsTrailers(3);
    assertThat(first.status().isOk()).isTrue();
    assertThat(second.status().isOk()).isTrue();
  }

  @Conforms("T059")
  @Test
  void windowsThatStartLargeNeverShrink() {
    Http2Peer peer = growing(1 << 20);
    peer.unary();
    peer.sendsHeaders(1).frames();

    for (int i = 0; i < 10; i++) {
      sendsInOneRead(peer, 60_000);
      peer.after(RTT).sendsPingAck(ReceiveWindows.BDP_PING);
      for (String frame : peer.texts()) {
        assertThat(frame).doesNotStartWith("SETTINGS");
      }
    }
    assertThat(peer.transport.snapshot().state().name()).isEqualTo("READY");
  }

  @Test
  void otherPingAcksTeachNothing() {
    Http2Peer peer = growing(65_535);
    peer.unary();
    peer.sendsHeaders(1).frames();
    sendsInOneRead(peer, 16_384);
    sendsInOneRead(peer, 45_000);
    peer.frames();

    peer.after(RTT).sendsPingAck(0).expectsNothing();
  }

  @Conforms("T053")
  @Test
  void thePingsThatMeasureThePathTellTheRoundTrip() {
    Http2Peer peer = growing(65_535);
    peer.unary();
    peer.sendsHeaders(1);
    assertThat(peer.transport.snapshot().roundTripNanos()).isEmpty();
    sendsInOneRead(peer, 20_000);

    peer.after(RTT).sendsPingAck(ReceiveWindows.BDP_PING);

    assertThat(peer.transport.snapshot().roundTripNanos()).hasValue(RTT.toNanos());
  }
}
