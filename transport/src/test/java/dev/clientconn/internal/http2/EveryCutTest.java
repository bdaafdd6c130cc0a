// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static dev.clientconn.internal.http2.Http2Peer.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.transport.TransportOptions.KeepaliveOptions;
import io.grpc.Metadata;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A conversation that breaks off, or comes in pieces, or is garbled, wherever it may. */
class EveryCutTest extends PeerTest {

  private static final Duration DEADLINE = Duration.ofSeconds(2);

  private static Http2Peer connect() {
    return Http2Peer.connecting(s ->
        s.keepalive = new KeepaliveOptions(Duration.ofSeconds(10), Duration.ofSeconds(5), false));
  }

  private byte[] conversation() {
    Http2Peer scribe = connecting();
    return scribe.recorded(() -> scribe
        .sendsSettings(s -> s.maxConcurrentStreams(100))
        .sendsSettingsAck()
        .sendsPing(3)
        .sendsHeaders(1, false, ":status", "200", "content-type", "application/grpc", "a", "b")
        .sendsData(1, Http2Peer.framed(bytes("answer")), 7, false)
        .sendsWindowUpdate(0, 100)
        .sendsTrailers(1));
  }

  private static RecordingCall call(Http2Peer peer) {
    RecordingCall call =
        peer.call(peer.deadline(DEADLINE), new Metadata()).start(bytes("hello"), true);
    peer.loop.run();
    return call;
  }

  @Test
  void aConversationThatBreaksOffAtAnyByteEndsItsCall() {
    byte[] all = conversation();
    int settings = 15;
    for (int cut = 0; cut <= all.length; cut++) {
      Http2Peer peer = connect();
      peer.sendsBytes(Arrays.copyOfRange(all, 0, Math.min(cut, settings)));
      RecordingCall call = call(peer);
      peer.sendsBytes(Arrays.copyOfRange(all, Math.min(cut, settings), cut));

      peer.closes();

      assertThat(call.isClosed()).as("cut at %d", cut).isTrue();
      assertThat(call.status().isOk()).as("cut at %d", cut).isEqualTo(cut == all.length);
      peer.verify();
    }
  }

  @Test
  void aPeerThatFallsSilentAtAnyByteEndsItsCallInTime() {
    byte[] all = conversation();
    int settings = 15;
    for (int cut = settings; cut < all.length; cut++) {
      Http2Peer peer = connect();
      peer.sendsBytes(Arrays.copyOfRange(all, 0, settings));
      RecordingCall call = call(peer);
      peer.sendsBytes(Arrays.copyOfRange(all, settings, cut));

      peer.after(DEADLINE.plusMillis(10));

      assertThat(call.status().getCode().name()).isEqualTo("DEADLINE_EXCEEDED");
      peer.verify();
    }
  }

  @Test
  void aConversationMayComeInTwoReadsCutAnywhere() {
    byte[] all = conversation();
    int settings = 15;
    for (int cut = settings; cut <= all.length; cut++) {
      Http2Peer peer = connect();
      peer.sendsBytes(Arrays.copyOfRange(all, 0, settings));
      RecordingCall call = call(peer);

      peer.sendsBytes(Arrays.copyOfRange(all, settings, cut));
      peer.sendsBytes(Arrays.copyOfRange(all, cut, all.length));

      assertThat(call.takeEvents())
          .containsExactly("headers", "message answer", "closed OK PROCESSED");
      peer.verify();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void aGarbledConversationEndsItsCallWithAStatus(long seed) {
    byte[] all = conversation();
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      byte[] garbled = all.clone();
      for (int i = 0; i <= random.nextInt(3); i++) {
        garbled[15 + random.nextInt(all.length - 15)] = (byte) random.nextInt();
      }
      Http2Peer peer = connect();
      peer.sendsBytes(Arrays.copyOfRange(garbled, 0, 15));
      RecordingCall call = call(peer);

      if (peer.socket.isOpen()) {
        peer.sendsBytes(Arrays.copyOfRange(garbled, 15, garbled.length));
      }
      peer.after(DEADLINE.plusMillis(10));

      assertThat(call.isClosed()).isTrue();
      peer.verify();
    }
  }
}
