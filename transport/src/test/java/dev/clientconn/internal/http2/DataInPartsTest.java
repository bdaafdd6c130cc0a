// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.http2.frame.Framer;
import io.grpc.Status;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Reads that end inside a DATA frame deliver what has arrived. */
class DataInPartsTest {

  private static final int HEADER = Framer.HEADER_LENGTH;

  private final Http2Peer peer = Http2Peer.ready();
  private final RecordingCall call = peer.unary();

  private byte[] dataFrame(byte[] payload, int padding, boolean end) {
    return peer.recorded(() -> peer.sendsData(1, payload, padding, end));
  }

  private void sendsPart(byte[] frame, int from, int to) {
    peer.sendsBytes(Arrays.copyOfRange(frame, from, to));
  }

  private static byte[] twoMessages() {
    byte[] one = Http2Peer.framed(Http2Peer.bytes("one"));
    byte[] both = Arrays.copyOf(one, 2 * one.length);
    System.arraycopy(Http2Peer.framed(Http2Peer.bytes("two")), 0, both, one.length, one.length);
    return both;
  }

  @Test
  void aMessageIsDeliveredBeforeItsFrameIsWhole() {
    peer.sendsHeaders(1);
    byte[] frame = dataFrame(twoMessages(), 0, false);
    long before = peer.bufferedBytes();

    sendsPart(frame, 0, HEADER + 8);
    assertThat(call.takeEvents()).containsExactly("headers", "message one");
    assertThat(peer.bufferedBytes()).as("nothing is left in a read buffer").isEqualTo(before);
    sendsPart(frame, HEADER + 8, frame.length);

    assertThat(call.takeEvents()).containsExactly("message two");
    peer.sendsTrailers(1).verify();
  }

  @Test
  void theStreamEndsWithTheLastPart() {
    peer.sendsHeaders(1);
    byte[] frame = dataFrame(twoMessages(), 0, true);

    sendsPart(frame, 0, frame.length - 1);
    assertThat(call.isClosed()).isFalse();
    sendsPart(frame, frame.length - 1, frame.length);

    assertThat(call.takeEvents()).endsWith("message two", "closed INTERNAL PROCESSED");
    peer.verify();
  }

  @Test
  void paddingIsNoPartOfAMessage() {
    peer.sendsHeaders(1);
    byte[] frame = dataFrame(twoMessages(), 30, false);

    sendsPart(frame, 0, HEADER + 10);
    sendsPart(frame, HEADER + 10, frame.length - 7);
    sendsPart(frame, frame.length - 7, frame.length);

    assertThat(call.takeEvents()).containsExactly("headers", "message one", "message two");
    peer.sendsTrailers(1).verify();
  }

  @Test
  void theRestOfAFrameIsIgnoredWhenItsStreamHasBeenCancelled() {
    RecordingCall other = peer.unary();
    peer.sendsHeaders(1);
    byte[] frame = dataFrame(Http2Peer.framed(new byte[10_000]), 0, false);
    sendsPart(frame, 0, 5_000);

    call.stream().cancel(Status.CANCELLED);
    peer.loop.run();
    sendsPart(frame, 5_000, frame.length);
    peer.answers(3);

    assertThat(call.takeEvents()).endsWith("closed CANCELLED PROCESSED");
    assertThat(other.status().isOk()).isTrue();
    peer.verify();
  }

  @Test
  void aLargeMessageOverTheLimitEndsItsStreamInTheMiddleOfAFrame() {
    Http2Peer strict = Http2Peer.ready(s -> s.maxInboundMessageSize = 100_000);
    RecordingCall refused = strict.unary();
    RecordingCall other = strict.unary();
    strict.sendsHeaders(1);
    byte[] frame = strict.recorded(() ->
        strict.sendsData(1, Arrays.copyOf(Http2Peer.framed(new byte[100_001]), 16_384), 0, false));

    strict.sendsBytes(Arrays.copyOf(frame, 1_000));
    assertThat(refused.status().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    strict.sendsBytes(Arrays.copyOfRange(frame, 1_000, frame.length));
    strict.answers(3);

    assertThat(other.status().isOk()).isTrue();
    strict.verify();
  }

  @Test
  void theConnectionsWindowCountsEveryPartOnce() {
    peer.sendsHeaders(1).frames();
    long before = peer.transport.snapshot().window().receive();
    byte[] frame = dataFrame(Http2Peer.framed(new byte[9_995]), 0, false);

    for (int at = 0; at < frame.length; at += 100) {
      sendsPart(frame, at, Math.min(frame.length, at + 100));
    }

    assertThat(before - peer.transport.snapshot().window().receive()).isEqualTo(10_000);
  }

  @Test
  void aRequestCancelledHalfwayStopsThere() {
    RecordingCall large = peer.call().start(new byte[300_000], true);
    peer.loop.run();
    assertThat(peer.texts()).anyMatch(t -> t.startsWith("DATA 3"));

    large.stream().cancel(Status.CANCELLED);
    peer.loop.run();
    peer.expects("RST_STREAM 3 CANCEL");
    peer.sendsWindowUpdate(0, 300_000).expectsNothing();

    peer.verify();
  }
}
