// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static dev.clientconn.internal.http2.Http2Peer.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.http2.connect.ConnectAttempt;
import io.grpc.Status.Code;
import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A peer that has stopped reading makes writes fail; what it sent before is still read. */
class WriteFailureTest extends PeerTest {

  /** A connection with an open stream whose next write fails. */
  private Http2Peer breaking() {
    Http2Peer peer = ready();
    peer.streaming();
    peer.frames();
    peer.socket.accepts(peer.socket.taken(), true);
    return peer;
  }

  private static RecordingCall writes(Http2Peer peer) {
    RecordingCall call = peer.calls.get(0).write(bytes("too late"));
    peer.loop.run();
    call.takeEvents();
    return call;
  }

  @Conforms("T120")
  @Test
  void theResponseThatCameBeforeIsDelivered() {
    Http2Peer peer = breaking();
    RecordingCall call = writes(peer);

    peer.sendsHeaders(
        1,
        true,
        ":status",
        "200",
        "content-type",
        "application/grpc",
        "grpc-status",
        "8",
        "grpc-message",
        "quota used up");
    peer.closes();

    assertThat(call.status().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    assertThat(call.status().getDescription()).isEqualTo("quota used up");
  }

  @Conforms("T120")
  @Test
  void theGoAwayThatCameBeforeIsNamed() {
    Http2Peer peer = breaking();
    RecordingCall call = writes(peer);

    peer.sendsGoAway(1, Http2Error.NO_ERROR, "bye").closes();

    assertThat(call.status().getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(call.status().getDescription()).contains("Broken pipe").contains("\"bye\"");
  }

  @Conforms("T120")
  @Test
  void aPeerThatIsSilentIsLeftASecondLater() {
    Http2Peer peer = breaking();
    RecordingCall call = writes(peer);

    peer.after(ConnectAttempt.READ_AFTER_WRITE_FAILURE.minusMillis(1));
    assertThat(call.isClosed()).isFalse();
    peer.after(Duration.ofMillis(1));

    assertThat(call.status().getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(call.status().getDescription()).endsWith("lost: IOException: Broken pipe");
    assertThat(peer.socket.isOpen()).isFalse();
    assertThat(peer.owner.phases).containsExactly("ready", "draining", "terminated");
  }

  @Conforms("T164")
  @Test
  void callsThatComeNowAreSentElsewhere() {
    Http2Peer peer = breaking();
    writes(peer);

    RecordingCall late = peer.unary();

    assertThat(late.takeEvents()).containsExactly("closed UNAVAILABLE NOT_SENT");
    assertThat(late.status().getDescription()).endsWith("lost: IOException: Broken pipe");
  }

  @Test
  void callsThatWaitForASlotAreSentElsewhere() {
    Http2Peer peer = breaking();
    peer.sendsSettings(s -> s.maxConcurrentStreams(1));
    RecordingCall waiting = peer.unary();
    writes(peer);

    assertThat(waiting.takeEvents()).containsExactly("closed UNAVAILABLE NOT_SENT");
  }

  @Test
  void theConnectionClosesWithItsLastStream() {
    Http2Peer peer = breaking();
    RecordingCall call = writes(peer);

    peer.sendsHeaders(1).sendsTrailers(1);

    assertThat(call.status().isOk()).isTrue();
    assertThat(peer.socket.isOpen()).isFalse();
  }

  @Test
  void aConnectionWithoutStreamsClosesAtOnce() {
    Http2Peer peer = ready();
    peer.socket.accepts(peer.socket.taken(), true);

    peer.sendsPing(1);

    assertThat(peer.owner.phases).containsExactly("ready", "draining", "terminated");
    assertThat(peer.socket.isOpen()).isFalse();
  }

  @Test
  void callsThatWaitAreNotifiedOfAWriteThatFailsOutsideATurn() {
    Http2Peer peer = ready();
    peer.streaming();
    peer.sendsSettings(s -> s.maxConcurrentStreams(1)).frames();
    RecordingCall waiting = peer.unary();
    peer.socket.clog();
    peer.calls.get(0).write(bytes("too late"));
    peer.loop.run();

    peer.socket.accepts(peer.socket.taken(), true);
    peer.socket.unclog();
    peer.loop.run();

    assertThat(waiting.events).containsExactly("closed UNAVAILABLE NOT_SENT", "end");
    assertThat(peer.socket.isOpen()).isTrue();
  }

  @Conforms("T122")
  @Test
  void theFirstFailureIsTheOneThatIsNamed() {
    Http2Peer peer = breaking();
    RecordingCall call = writes(peer);

    call.write(bytes("later still"));
    peer.loop.run();
    peer.socket.breaks(new IOException("Connection reset by peer"));
    peer.loop.run();

    assertThat(call.status().getDescription()).endsWith("lost: IOException: Broken pipe");
    assertThat(call.status().getCause()).hasMessage("Broken pipe");
  }

  @Test
  void aPeerThatDoesNotReadThePrefaceIsNotReady() {
    Http2Peer peer = connecting(s -> {
      s.acceptedBytes = 10;
      s.failsWhenFull = true;
    });

    peer.sendsSettings(s -> {});
    assertThat(peer.unary().takeEvents()).containsExactly("closed UNAVAILABLE NOT_SENT");
    peer.after(ConnectAttempt.READ_AFTER_WRITE_FAILURE);

    assertThat(peer.owner.phases).containsExactly("terminated");
    assertThat(peer.owner.terminated.getDescription())
        .contains("Broken pipe, waiting for the server's SETTINGS");
  }

  @Test
  void whatAPeerThatDoesNotReadThePrefaceSaysIsNamed() {
    Http2Peer peer = connecting(s -> {
      s.acceptedBytes = 10;
      s.failsWhenFull = true;
    });

    peer.sendsText("HTTP/1.1 400 Bad Request\r\n\r\n");

    assertThat(peer.owner.terminated.getDescription()).contains("HTTP/1, not HTTP/2");
  }
}
