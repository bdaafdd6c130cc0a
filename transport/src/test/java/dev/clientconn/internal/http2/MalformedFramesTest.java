// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import io.grpc.Status.Code;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Unusual but valid frames are accepted, and invalid ones rejected. */
class MalformedFramesTest extends PeerTest {

  private static final byte DATA = 0;
  private static final byte HEADERS = 1;
  private static final byte PRIORITY = 2;
  private static final byte SETTINGS = 4;
  private static final byte CONTINUATION = 9;
  private static final int END_HEADERS = 4;
  private static final int PADDED = 8;
  private static final int PRIORITISED = 0x20;

  /** {@code :status 200} from the static table, and the content type of gRPC as a literal. */
  private static byte[] responseBlock() {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(0x88);
    block.write(0x0f);
    block.write(0x10);
    byte[] type = "application/grpc".getBytes(StandardCharsets.US_ASCII);
    block.write(type.length);
    block.writeBytes(type);
    return block.toByteArray();
  }

  private static void closedFor(Http2Peer peer, RecordingCall call, String error) {
    assertThat(peer.texts()).hasSize(1).allMatch(t -> t.startsWith("GOAWAY 0 " + error));
    assertThat(call.status().getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(call.status().getDescription()).contains(error);
  }

  @Conforms("H17")
  @Test
  void continuedHeadersAreOne() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    byte[] block = responseBlock();

    peer.sendsFrame(HEADERS, 0, 1, java.util.Arrays.copyOfRange(block, 0, 2));
    peer.sendsFrame(CONTINUATION, 0, 1, java.util.Arrays.copyOfRange(block, 2, 9));
    assertThat(call.events).isEmpty();
    peer.sendsFrame(
        CONTINUATION, END_HEADERS, 1, java.util.Arrays.copyOfRange(block, 9, block.length));

    assertThat(call.takeEvents()).containsExactly("headers");
  }

  @Conforms("H17")
  @Test
  void nothingMayComeBetweenContinuations() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.frames();

    peer.sendsFrame(HEADERS, 0, 1, responseBlock()).sendsPing(1);

    closedFor(peer, call, "PROTOCOL_ERROR");
  }

  @Conforms("H17")
  @Test
  void aContinuationWithoutHeadersEndsTheConnection() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.frames();

    peer.sendsFrame(CONTINUATION, END_HEADERS, 1, responseBlock());

    closedFor(peer, call, "PROTOCOL_ERROR");
  }

  @Conforms("H16")
  @Test
  void paddingOfHeadersIsLeftOut() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    payload.write(3);
    payload.writeBytes(responseBlock());
    payload.writeBytes(new byte[3]);

    peer.sendsFrame(HEADERS, END_HEADERS | PADDED, 1, payload.toByteArray());

    assertThat(call.takeEvents()).containsExactly("headers");
  }

  @Conforms("T025")
  @Test
  void paddingLongerThanItsFrameEndsTheConnection() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1).frames();

    peer.sendsFrame(DATA, PADDED, 1, new byte[] {9, 0, 0});

    closedFor(peer, call, "PROTOCOL_ERROR");
  }

  @Conforms("T022")
  @Test
  void aPaddedFrameWithoutAPadLengthEndsItsStream() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    RecordingCall other = peer.unary();
    peer.sendsHeaders(1).frames();

    peer.sendsFrame(DATA, PADDED, 1).answers(3);

    peer.expects("RST_STREAM 1 FRAME_SIZE_ERROR");
    assertThat(call.status().getCode()).isEqualTo(Code.INTERNAL);
    assertThat(other.status().isOk()).isTrue();
  }

  @Conforms("T022")
  @Test
  void aPriorityOfTheWrongLengthLeavesTheNextFrameWhole() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    RecordingCall other = peer.unary();
    peer.frames();

    peer.inOneRead(() -> peer.sendsFrame(PRIORITY, 0, 1, new byte[4]).answers(3));

    peer.expects("RST_STREAM 1 FRAME_SIZE_ERROR");
    assertThat(call.status().getCode()).isEqualTo(Code.INTERNAL);
    assertThat(other.status().isOk()).isTrue();
  }

  @Conforms("H21")
  @Test
  void headersTooShortForTheirFlagsEndTheConnection() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.frames();

    // Padding and priority take six bytes. As HPACK cannot follow, one stream's end is not enough.
    peer.sendsFrame(HEADERS, END_HEADERS | PADDED | PRIORITISED, 1, new byte[3]);

    closedFor(peer, call, "FRAME_SIZE_ERROR");
  }

  @Conforms("T025")
  @Test
  void dataOfTheConnectionEndsIt() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.frames();

    peer.sendsFrame(DATA, 0, 0, new byte[1]);

    closedFor(peer, call, "PROTOCOL_ERROR");
  }

  @Conforms("T131")
  @Test
  void anInitialWindowOverTheLargestEndsTheConnection() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.frames();

    peer.sendsFrame(SETTINGS, 0, 0, new byte[] {0, 4, (byte) 0x80, 0, 0, 0});

    closedFor(peer, call, "FLOW_CONTROL_ERROR");
  }
}
