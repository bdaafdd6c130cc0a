// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static dev.clientconn.internal.http2.Http2Peer.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseTest extends PeerTest {

  @Conforms({"J19", "C056"})
  @Test
  void headersMessagesAndTrailersAreDeliveredInOrder() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();

    peer.sendsHeaders(1).sendsMessage(1, bytes("a")).sendsMessage(1, bytes("b"));
    peer.sendsHeaders(1, true, "grpc-status", "5", "grpc-message", "no%20such", "left", "behind");

    assertThat(call.takeEvents())
        .containsExactly("headers", "message a", "message b", "closed NOT_FOUND PROCESSED");
    assertThat(call.status().getDescription()).isEqualTo("no such");
    Metadata.Key<String> left = Metadata.Key.of("left", Metadata.ASCII_STRING_MARSHALLER);
    assertThat(call.trailers.get(left)).isEqualTo("behind");
  }

  @Conforms({"H19", "J23", "T152", "T161", "C056"})
  @Test
  void aResponseOfTrailersOnlyHasNoHeaders() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.frames();

    peer.sendsHeaders(
        1, true, ":status", "200", "content-type", "application/grpc", "grpc-status", "7");

    assertThat(call.takeEvents()).containsExactly("closed PERMISSION_DENIED PROCESSED");
    peer.expectsNothing();
  }

  @Conforms({"H18", "T145"})
  @Test
  void anInformationalResponseIsPassedOver() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();

    peer.sendsHeaders(1, false, ":status", "103");
    assertThat(call.takeEvents()).isEmpty();
    peer.answers(1);

    assertThat(call.takeEvents())
        .containsExactly("headers", "message answer", "closed OK PROCESSED");
  }

  @Conforms("T145")
  @Test
  void anInformationalResponseMustNotEndTheStream() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.frames();

    peer.sendsHeaders(1, true, ":status", "100");

    assertThat(call.status().getCode()).isEqualTo(Code.INTERNAL);
    peer.expectsNothing();
  }

  @Conforms("T038")
  @Test
  void aPageThatIsNotGrpcIsQuoted() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1, false, ":status", "503", "content-type", "text/html").frames();

    peer.sendsData(1, bytes("first "), 0, false);
    assertThat(call.isClosed()).isFalse();
    peer.sendsData(1, bytes("second"), 0, true);

    assertThat(call.takeEvents()).containsExactly("closed UNAVAILABLE PROCESSED");
    assertThat(call.status().getDescription()).contains("503").contains("data: \"first second\"");
    peer.expectsNothing();
  }

  @Conforms("T144")
  @Test
  void ofALongPageOnlyTheStartIsTaken() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1, false, ":status", "404", "content-type", "text/html").frames();

    peer.sendsData(1, new byte[1023], 0, false);
    assertThat(call.isClosed()).isFalse();
    peer.sendsData(1, new byte[2], 0, false);

    assertThat(call.status().getCode()).isEqualTo(Code.UNIMPLEMENTED);
    peer.expects("RST_STREAM 1 PROTOCOL_ERROR");
  }

  @Conforms("T142")
  @ParameterizedTest
  @CsvSource({"503, UNAVAILABLE", "413, UNKNOWN"})
  void aPageThatClaimsToBeGrpcIsMappedByItsHttpStatus(String http, Code code) {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1, false, ":status", http, "content-type", "application/grpc")
        .frames();

    peer.sendsData(1, bytes("<html>"), 0, false);

    assertThat(call.takeEvents()).containsExactly("headers", "closed " + code + " PROCESSED");
    assertThat(call.status().getDescription())
        .startsWith("unexpected HTTP status code received from server: " + http)
        .endsWith("malformed gRPC message: its compressed flag is 60, neither 0 nor 1");
    peer.expects("RST_STREAM 1 CANCEL");
  }

  @Conforms("T142")
  @Test
  void withoutTrailersTheHttpStatusCounts() {
    Http2Peer peer = ready();
    RecordingCall atOnce = peer.unary();
    RecordingCall later = peer.unary();
    peer.sendsHeaders(1, false, ":status", "503", "content-type", "application/grpc");
    peer.sendsHeaders(3, false, ":status", "503", "content-type", "application/grpc")
        .frames();

    peer.sendsData(1, new byte[0], 0, true).sendsHeaders(3, true, "x-a", "1");

    assertThat(atOnce.status().getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(atOnce.status().getDescription())
        .contains("503")
        .endsWith("server closed the stream without sending trailers");
    assertThat(later.status().getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(later.status().getDescription()).contains("503").endsWith("no grpc-status");
    peer.expectsNothing();
  }

  @Conforms("T144")
  @Test
  void aPagesTrailersEndItToo() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1, false, ":status", "401", "content-type", "text/html");

    peer.sendsTrailers(1);

    assertThat(call.status().getCode()).isEqualTo(Code.UNAUTHENTICATED);
    assertThat(call.status().getDescription()).contains("data: \"\"");
    assertThat(peer.texts()).noneMatch(t -> t.startsWith("RST_STREAM"));
  }

  @Conforms("T161")
  @Test
  void aStreamThatBothSidesHaveEndedIsNotReset() {
    Http2Peer peer = ready(s -> s.maxInboundMetadataSize = 1000);
    for (int i = 0; i < 6; i++) {
      peer.unary();
    }
    peer.sendsHeaders(1, false, ":status", "503", "content-type", "text/html");
    peer.sendsHeaders(5).sendsHeaders(9).frames();

    peer.sendsData(1, bytes("page"), 0, true);
    peer.sendsHeaders(3, true, ":status", "2xx", "content-type", "application/grpc");
    peer.sendsData(5, bytes("<html>"), 0, true);
    peer.sendsHeaders(7, true, ":status", "200", "Upper", "case");
    peer.sendsHeaders(9, true, "grpc-status", "0", "big", "x".repeat(1000));
    // Too short for its padding length, and END_STREAM.
    peer.sendsFrame(0, 9, 11);

    assertThat(peer.calls).allMatch(RecordingCall::isClosed);
    peer.expectsNothing();
  }

  @Conforms("T161")
  @Test
  void aStreamThatOnlyThePeerHasEndedIsReset() {
    Http2Peer peer = ready();
    peer.streaming();
    peer.streaming();
    peer.sendsHeaders(1).frames();

    peer.sendsData(1, bytes("<html>"), 0, true);
    peer.sendsHeaders(3, true, ":status", "200", "Upper", "case");

    peer.expects("RST_STREAM 1 CANCEL", "RST_STREAM 3 PROTOCOL_ERROR");
  }

  @Conforms("T144")
  @Test
  void aPageWithoutABodyEndsAtItsHeaders() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.frames();

    peer.sendsHeaders(1, true, ":status", "502");

    assertThat(call.status().getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(call.status().getDescription()).doesNotContain("data:");
    peer.expectsNothing();
  }

  @Conforms("T036")
  @Test
  void dataThatEndsTheStreamWithoutTrailersIsDeliveredBeforeTheError() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1).frames();

    peer.sendsData(1, Http2Peer.framed(bytes("a")), 0, true);

    assertThat(call.takeEvents())
        .containsExactly("headers", "message a", "closed INTERNAL PROCESSED");
    assertThat(call.status().getDescription())
        .isEqualTo("server closed the stream without sending trailers");
    peer.expectsNothing();
  }

  @Conforms("T204")
  @Test
  void okAfterHalfAMessageIsAnError() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1).sendsData(1, new byte[] {0, 0, 0}, 0, false);

    peer.sendsTrailers(1);

    assertThat(call.takeEvents()).containsExactly("headers", "closed INTERNAL PROCESSED");
  }

  @Conforms({"J24", "T204"})
  @Test
  void theServersErrorCountsMoreThanHalfAMessage() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1).sendsData(1, new byte[] {0, 0, 0}, 0, false);

    peer.sendsHeaders(1, true, "grpc-status", "14");

    assertThat(call.status().getCode()).isEqualTo(Code.UNAVAILABLE);
  }

  @Conforms({"J22", "T151"})
  @Test
  void aResponseThatEndsBeforeTheRequestStopsTheRequest() {
    Http2Peer peer = ready();
    RecordingCall call = peer.streaming().write(new byte[100_000]);
    peer.loop.run();
    peer.frames();

    peer.answers(1);

    assertThat(call.status().isOk()).isTrue();
    assertThat(peer.texts()).startsWith("RST_STREAM 1 NO_ERROR");
    peer.sendsWindowUpdate(0, 100_000).expectsNothing();
    call.write(bytes("late"));
    call.stream().halfClose();
    peer.loop.run();
    peer.expectsNothing();
  }

  @Conforms("T036")
  @Test
  void dataWithoutTrailersBeforeTheRequestEndsStopsTheRequest() {
    Http2Peer peer = ready();
    RecordingCall call = peer.streaming();
    peer.sendsHeaders(1).frames();

    peer.sendsData(1, new byte[0], 0, true);

    peer.expects("RST_STREAM 1 NO_ERROR");
    assertThat(call.status().getCode()).isEqualTo(Code.INTERNAL);
  }

  @Conforms({"J28", "T160", "T164", "T166"})
  @ParameterizedTest
  @CsvSource({
    "0, INTERNAL, PROCESSED",
    "1, INTERNAL, PROCESSED",
    "2, INTERNAL, PROCESSED",
    "3, RESOURCE_EXHAUSTED, PROCESSED",
    "4, INTERNAL, PROCESSED",
    "5, INTERNAL, PROCESSED",
    "6, INTERNAL, PROCESSED",
    "7, UNAVAILABLE, REFUSED",
    "8, CANCELLED, PROCESSED",
    "9, INTERNAL, PROCESSED",
    "10, INTERNAL, PROCESSED",
    "11, RESOURCE_EXHAUSTED, PROCESSED",
    "12, PERMISSION_DENIED, PROCESSED",
    "13, INTERNAL, PROCESSED",
    "99, UNKNOWN, PROCESSED",
    "4294967295, UNKNOWN, PROCESSED"
  })
  void aResetMeansWhatItsCodeMeans(long code, Code status, String progress) {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.frames();

    peer.sendsRst(1, code);

    assertThat(call.takeEvents()).containsExactly("closed " + status + " " + progress);
    assertThat(call.status().getDescription())
        .startsWith("stream terminated by RST_STREAM with error code: " + Http2Status.name(code));
    peer.expectsNothing();
  }

  @Conforms({"H03", "T162"})
  @Test
  void aResetInTheMiddleOfAMessageIsTheStatus() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1).sendsData(1, new byte[] {0, 0, 0, 0, 9, 1}, 0, false);

    peer.sendsRst(1, 11);

    assertThat(call.takeEvents()).containsExactly("headers", "closed RESOURCE_EXHAUSTED PROCESSED");
  }

  @Conforms("T140")
  @Test
  void aSecondResponseIsAnErrorOfTheStream() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.frames();

    peer.sendsHeaders(1).sendsHeaders(1);

    peer.expects("RST_STREAM 1 PROTOCOL_ERROR");
    assertThat(call.status().getDescription()).contains("in the middle of a stream");
  }

  @Conforms("T037")
  @Test
  void dataBeforeTheHeadersIsAnErrorOfTheStream() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.frames();

    peer.sendsMessage(1, bytes("early")).sendsHeaders(1);

    assertThat(call.takeEvents()).containsExactly("closed INTERNAL PROCESSED");
    peer.expects("RST_STREAM 1 PROTOCOL_ERROR");
  }

  @Conforms("T022")
  @ParameterizedTest
  @CsvSource({"Upper, case", "null, a\0b", ":unknown, x", ":path, /x"})
  void malformedHeadersAreAnErrorOfTheStreamAlone(String name, String value) {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    RecordingCall other = peer.unary();
    peer.frames();

    peer.sendsHeaders(1, false, ":status", "200", name, value, "after", "x");

    assertThat(call.status().getCode()).isEqualTo(Code.INTERNAL);
    peer.expects("RST_STREAM 1 PROTOCOL_ERROR");
    // The HPACK table is still what the peer's is.
    peer.sendsHeaders(3, false, ":status", "200", "content-type", "application/grpc", "after", "x");
    peer.sendsTrailers(3);
    assertThat(other.takeEvents()).containsExactly("headers", "closed OK PROCESSED");
  }

  @Conforms({"H20", "J42", "T141"})
  @Test
  void aHeaderListOverOurLimitIsAnErrorOfTheStreamAlone() {
    Http2Peer peer = ready(s -> s.maxInboundMetadataSize = 1000);
    RecordingCall call = peer.unary();
    RecordingCall other = peer.unary();
    peer.frames();

    peer.sendsHeaders(1, false, ":status", "200", "big", "x".repeat(1000));

    assertThat(call.status().getCode()).isEqualTo(Code.INTERNAL);
    assertThat(call.status().getDescription())
        .contains("1000 bytes", "maxInboundMetadataSize", "inbound.metadata.max-size");
    peer.expects("RST_STREAM 1 CANCEL");
    peer.answers(3);
    assertThat(other.status().isOk()).isTrue();
  }

  /**
   * The fields of the long block that the peer's table has from then on are the next block's
   * indices.
   */
  @Conforms({"H20", "T141"})
  @Test
  void aHeaderListFarOverOurLimitIsDiscardedAndHpackStaysInStep() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    RecordingCall other = peer.unary();
    peer.sendsHeaders(1).sendsHeaders(3).frames();

    peer.sendsHeaders(
        1,
        true,
        "grpc-status",
        "3",
        "grpc-message",
        "bad%20id",
        "grpc-status-details-bin",
        "A".repeat(36_000),
        "x-after",
        "1");
    peer.sendsHeaders(3, true, "x-after", "1", "grpc-status", "0");

    assertThat(call.status().getCode()).isEqualTo(Code.INTERNAL);
    assertThat(call.status().getDescription()).endsWith("INVALID_ARGUMENT: bad id");
    assertThat(other.takeEvents()).containsExactly("headers", "closed OK PROCESSED");
    assertThat(other.trailers.get(Metadata.Key.of("x-after", Metadata.ASCII_STRING_MARSHALLER)))
        .isEqualTo("1");
    peer.expectsNothing();
  }

  @Conforms({"J01", "T027"})
  @Test
  void framesForAStreamThatIsOverAreIgnored() {
    Http2Peer peer = ready();
    peer.unary();
    peer.answers(1).frames();

    peer.sendsHeaders(1).sendsData(1, bytes("x"), 0, true).sendsRst(1, 8).sendsWindowUpdate(1, 9);

    peer.expectsNothing();
    assertThat(peer.owner.phases).containsExactly("ready");
  }

  @Conforms("T027")
  @ParameterizedTest
  @CsvSource({"1", "2", "7"})
  void headersForAStreamThatNeverWasEndTheConnection(int id) {
    Http2Peer peer = ready();

    peer.sendsHeaders(id);

    assertThat(peer.texts()).hasSize(1).allMatch(t -> t.startsWith("GOAWAY 0 PROTOCOL_ERROR"));
    assertThat(peer.owner.phases).containsExactly("ready", "terminated");
  }

  @Conforms("T027")
  @ParameterizedTest
  @CsvSource({"0, 3", "3, 3", "8, 3"})
  void otherFramesForAStreamThatNeverWasEndTheConnection(int type, int id) {
    Http2Peer peer = ready();

    peer.sendsFrame(type, 0, id, (byte) 0, (byte) 0, (byte) 0, (byte) 8);

    assertThat(peer.texts()).hasSize(1).allMatch(t -> t.startsWith("GOAWAY 0 PROTOCOL_ERROR"));
  }

  @Conforms("T024")
  @Test
  void aPromiseEndsTheConnection() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.frames();

    peer.sendsFrame(5, 4, 1, (byte) 0, (byte) 0, (byte) 0, (byte) 2);

    assertThat(peer.texts()).hasSize(1).allMatch(t -> t.contains("PROTOCOL_ERROR PUSH_PROMISE"));
    assertThat(call.status().getCode()).isEqualTo(Code.UNAVAILABLE);
  }

  @Conforms("T024")
  @Test
  void unknownFramesAndPrioritiesAreIgnored() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.frames();

    peer.sendsFrame(0xBE, 0xFF, 1, (byte) 1).sendsFrame(0xBE, 0, 9);
    peer.sendsFrame(2, 0, 1, (byte) 0, (byte) 0, (byte) 0, (byte) 3, (byte) 1);
    peer.expectsNothing();
    peer.answers(1);

    assertThat(call.status().isOk()).isTrue();
  }

  @Conforms("T023")
  @Test
  void brokenHpackEndsTheConnection() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.frames();

    // Index 127 of a table that has 61 entries.
    peer.sendsFrame(1, 4, 1, (byte) 0xFF, (byte) 0);

    assertThat(peer.texts()).hasSize(1).allMatch(t -> t.startsWith("GOAWAY 0 COMPRESSION_ERROR"));
    assertThat(call.status().getCode()).isEqualTo(Code.UNAVAILABLE);
  }

  @Conforms("T026")
  @Test
  void aFrameOverTheMaximumEndsTheConnection() {
    Http2Peer peer = ready();
    peer.unary();
    peer.frames();

    peer.sendsBytes(
        (byte) 0, (byte) 0x40, (byte) 1, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte)
            1);

    assertThat(peer.texts()).hasSize(1).allMatch(t -> t.startsWith("GOAWAY 0 FRAME_SIZE_ERROR"));
  }

  @Conforms("T161")
  @Test
  void aDeadlineResetsTheStreamAndSaysWhatItWaitedFor() {
    Http2Peer peer = ready();
    RecordingCall call =
        peer.call(peer.deadline(Duration.ofMillis(30)), new Metadata()).start(bytes("a"), true);
    peer.loop.run();
    peer.frames();

    peer.after(Duration.ofMillis(40));

    peer.expects("RST_STREAM 1 CANCEL");
    assertThat(call.takeEvents()).containsExactly("closed DEADLINE_EXCEEDED PROCESSED");
    assertThat(call.status().getDescription()).isEqualTo("waited for the server's response");
    assertThat(peer.loop.hasTimer()).isFalse();
  }

  @Test
  void aStreamThatHasEndedIsNotHeldUntilItsDeadline() {
    Http2Peer peer = ready();
    peer.call(peer.deadline(Duration.ofHours(1)), new Metadata()).start(bytes("a"), true);
    peer.loop.run();
    peer.answers(1);

    // The timer wakes once, where the slot of the deadline begins, and finds the slot empty.
    peer.after(Duration.ofHours(1).minusSeconds(1));

    assertThat(peer.loop.hasTimer()).isFalse();
  }

  @Test
  void theTimerOfALaterDeadlineDoesNotOutliveTheConnection() {
    Http2Peer peer = ready();
    peer.call(peer.deadline(Duration.ofHours(1)), new Metadata()).start(bytes("a"), true);
    peer.call(peer.deadline(Duration.ofSeconds(1)), new Metadata()).start(bytes("b"), true);
    peer.loop.run();

    peer.closes();

    assertThat(peer.loop.hasTimer()).isFalse();
  }

  @Test
  void aDeadlineDoesNotOutliveItsStream() {
    Http2Peer peer = ready();
    RecordingCall call =
        peer.call(peer.deadline(Duration.ofMillis(30)), new Metadata()).start(bytes("a"), true);
    peer.loop.run();
    peer.answers(1).frames();

    peer.after(Duration.ofMillis(40)).expectsNothing();

    assertThat(call.status()).isEqualTo(Status.OK);
  }
}
