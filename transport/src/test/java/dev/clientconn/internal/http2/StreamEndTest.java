// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static dev.clientconn.internal.http2.Http2Peer.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stream ends in each possible way, and nothing follows its end. */
class StreamEndTest extends PeerTest {

  private static void asksForEverything(Http2Peer peer, RecordingCall call) {
    call.write(bytes("late"));
    call.stream().halfClose();
    call.stream().consumed(1_000_000);
    call.stream().onDemand();
    call.stream().cancel(Status.CANCELLED);
    peer.loop.run();
  }

  @Conforms({"J32", "T061"})
  @Test
  void whatACallAsksForAfterTheServersEndDoesNothing() {
    Http2Peer peer = ready();
    RecordingCall call = peer.streaming();
    peer.answers(1).frames();
    call.takeEvents();

    asksForEverything(peer, call);

    peer.expectsNothing();
    assertThat(call.takeEvents()).isEmpty();
    assertThat(call.status().isOk()).isTrue();
  }

  @Conforms({"J33", "T163"})
  @Test
  void whatACallAsksForAfterItsCancelDoesNothing() {
    Http2Peer peer = ready();
    RecordingCall call = peer.streaming();
    call.stream().cancel(Status.CANCELLED.withDescription("enough"));
    peer.loop.run();
    peer.frames();

    asksForEverything(peer, call);

    peer.expectsNothing();
    assertThat(call.status().getDescription()).isEqualTo("enough");
  }

  @Conforms("J01")
  @Test
  void whatTheServerSendsAfterACancelIsNobodys() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    call.stream().cancel(Status.CANCELLED);
    peer.loop.run();
    peer.frames();
    call.takeEvents();

    peer.answers(1);

    assertThat(call.takeEvents()).isEmpty();
    peer.expectsNothing();
  }

  @Conforms({"J24", "J25", "T163"})
  @Test
  void aCancelWhileTheEndIsDeliveredDoesNothing() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    call.onClosed = () -> call.stream().cancel(Status.CANCELLED);
    peer.frames();

    peer.sendsHeaders(
        1, true, ":status", "200", "content-type", "application/grpc", "grpc-status", "13");

    assertThat(call.takeEvents()).containsExactly("closed INTERNAL PROCESSED");
    peer.expectsNothing();
  }

  @Conforms("J27")
  @Test
  void aCancelFromWithinABatchEndsTheCallBeforeTheNextRead() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.sendsHeaders(1).frames();
    call.takeEvents();
    call.onBatchEnd = () -> {
      call.onBatchEnd = () -> {};
      call.stream().cancel(Status.CANCELLED);
    };

    peer.inOneRead(() -> peer.sendsMessage(1, bytes("first")).sendsMessage(1, bytes("second")));
    peer.sendsMessage(1, bytes("third"));

    assertThat(call.takeEvents())
        .containsExactly("message first", "message second", "closed CANCELLED PROCESSED");
    peer.expects("RST_STREAM 1 CANCEL");
  }

  @Conforms("J21")
  @Test
  void aCallMayEndWellWithoutAMessageEitherWay() {
    Http2Peer peer = ready();
    RecordingCall call = peer.call().start(null, true);
    peer.loop.run();

    peer.expects("HEADERS 1", "DATA 1 0 END");
    peer.sendsHeaders(1).sendsTrailers(1);

    assertThat(call.takeEvents()).containsExactly("headers", "closed OK PROCESSED");
  }

  @Test
  void aStreamThatHasEndedItsRequestWithEmptyDataIsNotReset() {
    Http2Peer peer = ready();
    RecordingCall call = peer.streaming();
    call.stream().halfClose();
    peer.loop.run();
    peer.expects("HEADERS 1", "DATA 1 0 END");

    peer.answers(1);

    assertThat(call.status().isOk()).isTrue();
    peer.expectsNothing();
  }

  @Conforms("H02")
  @Test
  void aResetAfterTheHeadersIsTheStatus() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.frames();

    peer.sendsHeaders(1).sendsRst(1, 2);

    assertThat(call.takeEvents()).containsExactly("headers", "closed INTERNAL PROCESSED");
    peer.expectsNothing();
  }

  @Conforms("H04")
  @Test
  void aResetAfterTheDataLeavesTheMessage() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();

    peer.inOneRead(() -> peer.sendsHeaders(1).sendsMessage(1, bytes("whole")).sendsRst(1, 8));

    assertThat(call.takeEvents())
        .containsExactly("headers", "message whole", "closed CANCELLED PROCESSED");
  }

  @Conforms("T148")
  @Test
  void statusDetailsStayInTheTrailers() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();

    peer.sendsHeaders(1)
        .sendsHeaders(1, true, "grpc-status", "5", "grpc-status-details-bin", "CAY");

    assertThat(call.status().getCode()).isEqualTo(Code.NOT_FOUND);
    assertThat(call.trailers.get(
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER)))
        .containsExactly(8, 6);
  }

  @Conforms("T166")
  @Test
  void aResetAfterTheTrailersIsIgnored() {
    Http2Peer peer = ready();
    RecordingCall call = peer.streaming();

    peer.inOneRead(() -> peer.answers(1).sendsRst(1, 0));

    assertThat(call.status().isOk()).isTrue();
    assertThat(peer.owner.phases).containsExactly("ready");
  }

  @Conforms("J43")
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aTrailerListOverOurLimitIsAnErrorOfTheStreamAlone(boolean afterHeaders) {
    Http2Peer peer = ready(s -> s.maxInboundMetadataSize = 1000);
    RecordingCall call = peer.unary();
    RecordingCall other = peer.unary();
    if (afterHeaders) {
      peer.sendsHeaders(1);
    }
    peer.frames();

    peer.sendsHeaders(1, true, "grpc-status", "0", "big", "x".repeat(1000));

    assertThat(call.status().getCode()).isEqualTo(Code.INTERNAL);
    peer.expectsNothing();
    peer.answers(3);
    assertThat(other.status().isOk()).isTrue();
  }

  @Test
  void endsOfManyStreamsInOneReadAreDeliveredToTheirCalls() {
    Http2Peer peer = ready();
    List<RecordingCall> calls = List.of(peer.unary(), peer.unary(), peer.unary());

    peer.inOneRead(() -> peer.answers(5).sendsRst(1, 7).answers(3));

    assertThat(calls)
        .extracting(call -> call.status().getCode())
        .containsExactly(Code.UNAVAILABLE, Code.OK, Code.OK);
  }
}
