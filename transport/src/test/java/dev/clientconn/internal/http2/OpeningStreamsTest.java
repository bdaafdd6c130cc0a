// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static dev.clientconn.internal.http2.Http2Peer.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.http2.FrameLog.Frame;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OpeningStreamsTest extends PeerTest {

  private static final Metadata.Key<String> KEY =
      Metadata.Key.of("key", Metadata.ASCII_STRING_MARSHALLER);

  @Conforms("T090")
  @Test
  void streamsHaveIdsOneThreeFive() {
    Http2Peer peer = ready();

    peer.streaming();
    peer.streaming();
    peer.streaming();

    peer.expects("HEADERS 1", "HEADERS 3", "HEADERS 5");
  }

  @Test
  void aUnaryCallIsHeadersAndDataInOneWrite() {
    Http2Peer peer = ready();

    RecordingCall call = peer.unary();

    assertThat(peer.takeWrites()).isEqualTo(1);
    peer.expects("HEADERS 1", "DATA 1 10 END");
    assertThat(call.takeEvents()).isEmpty();
  }

  @Conforms("T110")
  @Test
  void callsOfOneTurnLeaveInOneWriteAndInOrder() {
    Http2Peer peer = ready();
    RecordingCall first = peer.call().start(bytes("a"), true);
    RecordingCall second = peer.call().start(bytes("b"), true);
    assertThat(List.of(first, second)).noneMatch(RecordingCall::isClosed);

    peer.loop.run();

    assertThat(peer.takeWrites()).isEqualTo(1);
    peer.expects("HEADERS 1", "HEADERS 3", "DATA 1 6 END", "DATA 3 6 END");
  }

  @Conforms("J19")
  @Test
  void aMessageIsSentWithItsPrefix() {
    Http2Peer peer = ready();

    peer.unary();

    Frame data = peer.frames().get(1);
    assertThat(data.data().readByte()).isZero();
    assertThat(data.data().readInt()).isEqualTo(5);
    assertThat(data.data().toString(java.nio.charset.StandardCharsets.UTF_8)).isEqualTo("hello");
  }

  @Conforms({"J20", "T070", "C061"})
  @Test
  void headersComeInTheOrderOfTheProtocol() {
    Http2Peer peer = ready(s -> s.acceptEncoding = "gzip");
    Metadata metadata = new Metadata();
    metadata.put(KEY, "value");

    peer.call(peer.deadline(Duration.ofSeconds(5)), metadata).start(null, false);
    peer.loop.run();

    assertThat(namesAndValues(peer.frames().get(0)))
        .containsExactly(
            ":method=POST",
            ":scheme=http",
            ":path=/test.Service/Method",
            ":authority=authority",
            "content-type=application/grpc",
            "user-agent=test/1",
            "te=trailers",
            "grpc-accept-encoding=gzip",
            "grpc-timeout=5000000u",
            "key=value");
  }

  @Conforms("T078")
  @Test
  void aNameThatIsNeverIndexedIsSentInFullByEveryCall() {
    Http2Peer peer = ready(s -> s.neverIndexedHeaders = Set.of("key"));
    Metadata metadata = new Metadata();
    metadata.put(KEY, "value");
    peer.call(null, metadata).start(null, false);
    peer.loop.run();
    peer.frames();

    peer.call(null, metadata).start(null, false);
    peer.loop.run();
    ByteBuf headers = Objects.requireNonNull(peer.socket.readOutbound());

    assertThat(headers.toString(StandardCharsets.US_ASCII)).endsWith("\u0010\u0003key\u0005value");
    headers.release();
  }

  private static List<String> namesAndValues(Frame headers) {
    return java.util.stream.StreamSupport.stream(
            Objects.requireNonNull(headers.headers()).spliterator(), false)
        .map(OpeningStreamsTest::text)
        .toList();
  }

  private static String text(Map.Entry<CharSequence, CharSequence> header) {
    return header.getKey() + "=" + header.getValue();
  }

  @Conforms("T085")
  @Test
  void longHeadersAreContinuedAndArriveWhole() {
    Http2Peer peer = ready();
    Metadata metadata = new Metadata();
    metadata.put(KEY, "x".repeat(50_000));

    peer.call(null, metadata).start(bytes("hello"), true);
    peer.loop.run();

    List<Frame> frames = peer.frames();
    assertThat(frames).extracting(Frame::text).containsExactly("HEADERS 1", "DATA 1 10 END");
    Http2Headers headers = Objects.requireNonNull(frames.get(0).headers());
    assertThat(headers.get("key")).hasSize(50_000);
    // The encoder's table is what the reader's is.
    peer.unary();
    peer.expects("HEADERS 3", "DATA 3 10 END");
  }

  @Conforms({"J41", "T084"})
  @Test
  void aHeaderListOverThePeersLimitIsNotSentAndTakesNoId() {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.maxHeaderListSize(500)).frames();
    Metadata metadata = new Metadata();
    metadata.put(KEY, "x".repeat(500));

    RecordingCall call = peer.call(null, metadata).start(bytes("hello"), true);
    peer.loop.run();

    // PROCESSED: to send it again would not help.
    assertThat(call.takeEvents()).containsExactly("closed INTERNAL PROCESSED");
    assertThat(call.status().getDescription())
        .isEqualTo("header list size to send violates the maximum size (500 bytes) set by server");
    peer.expectsNothing();
    peer.unary();
    peer.expects("HEADERS 1", "DATA 1 10 END");
  }

  @Conforms("T098")
  @Test
  void theLastIdIsUsedAndThenTheConnectionDrains() {
    Http2Peer peer = ready(s -> s.lastStreamId = 3);
    peer.unary();
    assertThat(peer.owner.phases).containsExactly("ready");

    RecordingCall last = peer.unary();
    RecordingCall tooLate = peer.unary();

    assertThat(peer.owner.phases).containsExactly("ready", "draining");
    assertThat(tooLate.takeEvents()).containsExactly("closed UNAVAILABLE NOT_SENT");
    peer.answers(3);
    assertThat(last.takeEvents())
        .containsExactly("headers", "message answer", "closed OK PROCESSED");
    assertThat(peer.owner.phases).containsExactly("ready", "draining");
    peer.answers(1);
    assertThat(peer.owner.phases).containsExactly("ready", "draining", "terminated");
  }

  @Conforms("T101")
  @Test
  void callsThatWaitWhenTheIdsRunOutAreNotSent() {
    Http2Peer peer = ready(s -> s.lastStreamId = 3);
    peer.sendsSettings(s -> s.maxConcurrentStreams(1));
    peer.unary();
    RecordingCall second = peer.unary();
    RecordingCall third = peer.unary();

    peer.answers(1);

    assertThat(second.isClosed()).isFalse();
    assertThat(third.takeEvents()).containsExactly("closed UNAVAILABLE NOT_SENT");
    assertThat(peer.slotWaits).containsExactly("GRANTED 0 ms", "CONNECTION_LOST 0 ms");
  }

  @Conforms("T078")
  @Test
  void metadataThatCannotBeAHeaderFailsTheCallOnly() {
    Http2Peer peer = ready();
    Metadata metadata = new Metadata();
    metadata.put(KEY, "caf\u00e9\n");

    RecordingCall call = peer.call(null, metadata).start(bytes("hello"), true);
    peer.loop.run();

    assertThat(call.isClosed()).isTrue();
    assertThat(call.status().getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(call.progress)
        .isNotEqualTo(dev.clientconn.internal.transport.StreamProgress.NOT_SENT);
    peer.expectsNothing();
  }

  @Test
  void aCancelBeforeTheStartEndsTheCallAndSendsNothing() {
    Http2Peer peer = ready();
    RecordingCall call = peer.call();

    call.stream().cancel(Status.CANCELLED);
    peer.loop.run();
    call.start(bytes("hello"), false).write(bytes("more"));
    call.stream().halfClose();
    peer.loop.run();

    assertThat(call.takeEvents()).containsExactly("closed CANCELLED PROCESSED");
    peer.expectsNothing();
  }

  @Conforms({"J26", "T161"})
  @Test
  void aSecondCancelChangesNothing() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.frames();

    call.stream().cancel(Status.CANCELLED.withDescription("first"));
    call.stream().cancel(Status.CANCELLED.withDescription("second"));
    peer.loop.run();

    assertThat(call.status().getDescription()).isEqualTo("first");
    peer.expects("RST_STREAM 1 CANCEL");
  }

  @Test
  void aStreamThatStaysOpenForWritingIsReadyOnceItsHeadersAreSent() {
    Http2Peer peer = ready();
    RecordingCall call = peer.call().start(null, false);
    assertThat(call.stream().isReady()).isFalse();

    peer.loop.run();

    assertThat(call.stream().isReady()).isTrue();
    assertThat(call.events).containsExactly("ready", "end");
  }

  @Conforms("T085")
  @Test
  void halfCloseAfterTheMessageIsAnEmptyFrame() {
    Http2Peer peer = ready();
    RecordingCall call = peer.streaming();
    call.write(bytes("a"));
    peer.loop.run();

    call.stream().halfClose();
    peer.loop.run();

    peer.expects("HEADERS 1", "DATA 1 6", "DATA 1 0 END");
  }

  @Test
  void halfCloseInTheSameTurnRidesOnTheMessage() {
    Http2Peer peer = ready();
    RecordingCall call = peer.call().start(null, false).write(bytes("a"));
    call.stream().halfClose();

    peer.loop.run();

    peer.expects("HEADERS 1", "DATA 1 6 END");
  }
}
