// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.message.InboundChunkPool;
import dev.clientconn.internal.message.SmallMessagePacker;
import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.testing.FakeStream;
import dev.clientconn.testing.TextMethods;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Codec;
import io.grpc.Decompressor;
import io.grpc.Grpc;
import io.grpc.KnownLength;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallResponseTest {
  private static final Metadata.Key<String> KEY =
      Metadata.Key.of("k", Metadata.ASCII_STRING_MARSHALLER);

  private final CallFixture fixture = new CallFixture();
  private final RecordingListener listener = fixture.listener;

  @Test
  void allEventsOfOneReadReachTheExecutorAsOneTask() {
    fixture.onExecutor().unary("hello");

    fixture.stream().respond("world");

    assertThat(listener.events).isEmpty();
    assertThat(fixture.executor.runAll()).isOne();
    assertThat(listener.events).containsExactly("headers", "message(world)", "close(OK)");
  }

  @Test
  void readsThatComeBeforeTheExecutorRunsShareItsTask() {
    fixture.onExecutor().unary("hello");

    fixture.stream().responseHeaders();
    fixture.stream().message("world");
    fixture.stream().close(Status.OK);

    assertThat(fixture.executor.runAll()).isOne();
    assertThat(listener.events).containsExactly("headers", "message(world)", "close(OK)");
  }

  @Test
  void readsThatComeWhileTheExecutorIsBehindLoseNothingAndKeepTheirOrder() {
    fixture.onExecutor();
    var call = fixture.start(TextMethods.BIDI);
    call.request(100);
    FakeStream stream = fixture.stream();

    stream.responseHeaders();
    stream.message("a");
    stream.message("b");
    stream.batch(() -> {
      stream.message("c");
      stream.message("d".repeat(20_000));
      stream.becomeReady();
      stream.message("e");
    });
    fixture.executor.runAll();
    assertThat(listener.events)
        .containsExactly(
            "headers",
            "ready",
            "message(a)",
            "message(b)",
            "message(c)",
            "message(" + "d".repeat(20_000) + ")",
            "message(e)");
    listener.events.clear();
    stream.message("f");
    stream.message("g");
    stream.batch(() -> {
      stream.message("h");
      stream.close(Status.ABORTED);
    });
    fixture.executor.runAll();

    assertThat(listener.events)
        .containsExactly("message(f)", "message(g)", "message(h)", "close(ABORTED)");
  }

  @Test
  void aCancelDropsTheMessagesOfReadsThatWereJoined() {
    fixture.onExecutor();
    var call = fixture.start(TextMethods.BIDI);
    call.request(100);
    fixture.stream().message("a");
    fixture.stream().message("b");

    call.cancel("enough", null);
    fixture.executor.runAll();

    assertThat(listener.events).containsExactly("close(CANCELLED)");
  }

  @Test
  void tracersSeeEachMessageOfAPackAsItArrives() {
    RecordingTracers tracers = new RecordingTracers();
    fixture.options = CallOptions.DEFAULT.withStreamTracerFactory(tracers);
    fixture.start(TextMethods.BIDI);
    SmallMessagePacker small = new SmallMessagePacker(InboundChunkPool.SHARED);
    small.add(new byte[3], 3, false);
    small.add(new byte[4], 4, true);
    small.add(new byte[0], 0, false);

    fixture.stream().batch(() -> fixture.stream().listener.onMessage(small.take()));

    assertThat(tracers.events).filteredOn(e -> e.startsWith("inboundMessage(")).hasSize(3);
  }

  @Test
  void aDirectExecutorIsCalledInline() {
    fixture.unary("hello");

    fixture.stream().respond("world");

    assertThat(listener.events).containsExactly("headers", "message(world)", "close(OK)");
    assertThat(fixture.callsStarted).isOne();
    assertThat(fixture.callsEnded).isOne();
  }

  @Test
  void theCallsOwnExecutorWins() {
    fixture.options = CallOptions.DEFAULT.withExecutor(fixture.executor);
    fixture.unary("hello");

    fixture.stream().respond("world");

    assertThat(listener.events).isEmpty();
    assertThat(fixture.executor.runAll()).isOne();
  }

  @Conforms("J31")
  @Test
  void noMessageIsDeliveredBeyondDemand() {
    var call = fixture.start(TextMethods.SERVER_STREAMING);
    call.halfClose();
    call.request(1);
    fixture.stream().batch(() -> {
      fixture.stream().message("a");
      fixture.stream().message("b");
      fixture.stream().message("c");
    });
    assertThat(listener.events).containsExactly("message(a)");

    call.request(1);
    assertThat(listener.events).containsExactly("message(a)", "message(b)");

    fixture.stream().message("d");
    call.request(5);
    assertThat(listener.events)
        .containsExactly("message(a)", "message(b)", "message(c)", "message(d)");
  }

  @Test
  void aRequestHopsToTheExecutorOnlyIfMessagesWait() {
    var call = fixture.onExecutor().start(TextMethods.BIDI);
    call.request(1);
    assertThat(fixture.executor.tasks).isEmpty();

    fixture.stream().message("a");
    fixture.stream().message("b");
    fixture.executor.runAll();
    call.request(1);

    assertThat(fixture.executor.runAll()).isOne();
    assertThat(listener.events).containsExactly("message(a)", "message(b)");
  }

  @Test
  void theTransportSeesDemand() {
    var call = fixture.start(TextMethods.BIDI);
    assertThat(fixture.stream().listener.hasDemand()).isFalse();

    call.request(1);
    assertThat(fixture.stream().listener.hasDemand()).isTrue();
    assertThat(fixture.stream().demands).isOne();

    fixture.stream().message("a");
    assertThat(fixture.stream().listener.hasDemand()).isFalse();
  }

  @Test
  void onlyDeliveredMessagesReturnCredit() {
    var call = fixture.start(TextMethods.BIDI);
    call.request(1);

    fixture.stream().message("abc");
    fixture.stream().message("defg");

    assertThat(fixture.stream().consumed).isEqualTo(5 + 3);
    call.request(1);
    assertThat(fixture.stream().consumed).isEqualTo(5 + 3 + 5 + 4);
  }

  @Conforms("T041")
  @Test
  void theServersEndWaitsBehindUndeliveredMessages() {
    var call = fixture.start(TextMethods.BIDI);
    fixture.stream().message("a");
    fixture.stream().close(Status.OK);
    assertThat(listener.events).isEmpty();

    call.request(1);

    assertThat(listener.events).containsExactly("message(a)", "close(OK)");
  }

  @Conforms({"J18", "C053"})
  @Test
  void aWireEndCountsTheCallAsEndedThoughMessagesWait() {
    fixture.start(TextMethods.BIDI);
    fixture.stream().message("a");
    fixture.stream().close(Status.OK);

    assertThat(fixture.callsEnded).isOne();
  }

  @Conforms("T042")
  @Test
  void cancellingDropsMessagesWithoutDemand() {
    var call = fixture.start(TextMethods.BIDI);
    fixture.stream().message("a");

    call.cancel("enough", null);

    assertThat(listener.events).containsExactly("close(CANCELLED)");
    assertThat(fixture.stream().consumed).isZero();
  }

  @Test
  void cancellingAfterTheServersEndStillEndsTheCallAtOnce() {
    var call = fixture.start(TextMethods.BIDI);
    fixture.stream().message("a");
    fixture.stream().close(Status.OK);

    call.cancel("enough", null);
    call.request(1);

    assertThat(listener.events).containsExactly("close(CANCELLED)");
    assertThat(fixture.callsEnded).isOne();
  }

  /** As by a thread that cancels, and then requests, while the executor delivers. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void cancellingWhileAReadIsDeliveredDropsItsOtherMessages(boolean ended) {
    var call = fixture.start(TextMethods.BIDI);
    call.request(1);
    listener.duringMessage = () -> {
      call.cancel("enough", null);
      call.request(1);
    };

    fixture.stream().batch(() -> {
      fixture.stream().message("a");
      fixture.stream().message("b");
      if (ended) {
        fixture.stream().close(Status.OK);
      }
    });

    assertThat(listener.events).startsWith("message(a)").doesNotContain("message(b)", "close(OK)");
    assertThat(listener.events).last().isEqualTo("close(CANCELLED)");
  }

  @Test
  void aListenerThatThrowsGetsItsOwnFailureInPlaceOfTheServersEnd() {
    fixture.unary("hello");
    IllegalStateException broken = new IllegalStateException("broken");
    listener.duringMessage = () -> {
      throw broken;
    };
    Metadata trailers = new Metadata();
    trailers.put(KEY, "v");

    fixture.stream().batch(() -> {
      fixture.stream().responseHeaders();
      fixture.stream().message("one");
      fixture.stream().message("two");
      fixture.stream().close(Status.OK, StreamProgress.PROCESSED, trailers);
    });

    assertThat(listener.events).containsExactly("headers", "message(one)", "close(CANCELLED)");
    assertThat(listener.description()).isEqualTo("Failed to read message.");
    assertThat(listener.end().getCause()).isSameAs(broken);
    assertThat(listener.trailers).isNotNull();
    assertThat(listener.trailers.keys()).isEmpty();
  }

  @Test
  void aListenerThatThrowsCancelsTheStream() {
    fixture.start(TextMethods.BIDI);
    listener.duringHeaders = () -> {
      throw new IllegalStateException("broken");
    };

    fixture.stream().responseHeaders();

    assertThat(fixture.stream().commands).containsExactly("start()", "cancel(CANCELLED)");
    assertThat(listener.events).containsExactly("headers", "close(CANCELLED)");
    assertThat(listener.description()).isEqualTo("Failed to read headers.");
  }

  @Test
  void anExceptionFromOnCloseDoesNotEscape() {
    fixture.unary("hello");
    listener.duringClose = () -> {
      throw new IllegalStateException("broken");
    };

    fixture.stream().respond("world");

    assertThat(listener.events).containsExactly("headers", "message(world)", "close(OK)");
  }

  @Test
  void aRejectingExecutorDoesNotLeaveTheCallHanging() {
    fixture.onExecutor().unary("hello");
    fixture.executor.rejects = true;

    fixture.stream().responseHeaders();

    assertThat(listener.events).containsExactly("close(CANCELLED)");
    assertThat(listener.description()).contains("executor rejected");
    assertThat(fixture.stream().commands).contains("cancel(CANCELLED)");
    assertThat(fixture.callsEnded).isOne();
  }

  @Conforms("T203")
  @Test
  void aMessageThatCannotBeParsedIsInternal() {
    var method = TextMethods.of(MethodType.UNARY, new TextMethods.TextMarshaller() {
      @Override
      public String parse(InputStream stream) {
        throw new IllegalArgumentException("garbage");
      }
    });
    var call = fixture.start(method);
    call.request(2);
    call.halfClose();

    fixture.stream().message("x");

    assertThat(listener.events).containsExactly("close(INTERNAL)");
    assertThat(listener.description()).startsWith("Failed to parse message").contains("garbage");
  }

  @Conforms("T203")
  @Test
  void aMarshallersOwnStatusIsTheCalls() {
    Status own = Status.DATA_LOSS.withDescription("garbage");
    var method = TextMethods.of(MethodType.UNARY, new TextMethods.TextMarshaller() {
      @Override
      public String parse(InputStream stream) {
        throw own.asRuntimeException();
      }
    });
    var call = fixture.start(method);
    call.request(2);
    call.halfClose();

    fixture.stream().respond("x");

    assertThat(listener.events).containsExactly("headers", "close(DATA_LOSS)");
    assertThat(listener.end()).isSameAs(own);
  }

  @Conforms({"T205", "C057"})
  @Test
  void okWithoutAMessageIsInternalWhereTheMethodReturnsOne() {
    var call = fixture.start(TextMethods.of(MethodType.CLIENT_STREAMING));
    call.request(2);
    call.halfClose();

    fixture.stream().close(Status.OK);

    assertThat(listener.events).containsExactly("close(INTERNAL)");
    assertThat(listener.description()).contains("without a message");
  }

  @Conforms({"T205", "C057"})
  @Test
  void aSecondMessageIsInternalWhereTheMethodReturnsOne() {
    fixture.unary("hello");

    fixture.stream().message("one");
    fixture.stream().message("two");

    assertThat(listener.events).containsExactly("message(one)", "close(INTERNAL)");
    assertThat(listener.description()).contains("second message");
    assertThat(fixture.stream().commands).contains("cancel(INTERNAL)");
  }

  @Conforms("T205")
  @Test
  void aSecondMessageIsRefusedEvenWithoutDemand() {
    var call = fixture.start(TextMethods.of(MethodType.CLIENT_STREAMING));
    call.request(1);

    fixture.stream().batch(() -> {
      fixture.stream().message("one");
      fixture.stream().message("two");
      fixture.stream().close(Status.OK);
    });

    assertThat(listener.events).containsExactly("message(one)", "close(INTERNAL)");
  }

  @Conforms("T205")
  @Test
  void theServersOwnErrorNeedsNoMessage() {
    fixture.unary("hello");

    fixture.stream().close(Status.NOT_FOUND);

    assertThat(listener.events).containsExactly("close(NOT_FOUND)");
  }

  @Conforms("T203")
  @Test
  void aDecompressorThatThrowsAnErrorEndsTheCall() {
    NoClassDefFoundError missing = new NoClassDefFoundError("zstd");
    fixture.decompressors = fixture.decompressors.with(
        new Decompressor() {
          @Override
          public String getMessageEncoding() {
            return "zstd";
          }

          @Override
          public InputStream decompress(InputStream compressed) {
            throw missing;
          }
        },
        true);
    fixture.unary("hello");

    fixture.stream().batch(() -> {
      fixture.stream().responseHeaders("grpc-encoding", "zstd");
      fixture.stream().message(new byte[3], true);
      fixture.stream().close(Status.OK);
    });

    assertThat(listener.events).containsExactly("headers", "close(INTERNAL)");
    assertThat(listener.end().getCause()).isSameAs(missing);
  }

  @Conforms("T208")
  @Test
  void theMarshallerGetsAStreamOfKnownLength() {
    int[] available = {-1};
    var method = TextMethods.of(MethodType.UNARY, new TextMethods.TextMarshaller() {
      @Override
      public String parse(InputStream stream) {
        assertThat(stream).isInstanceOf(KnownLength.class);
        try {
          available[0] = stream.available();
        } catch (IOException e) {
          throw new AssertionError(e);
        }
        return super.parse(stream);
      }
    });
    var call = fixture.start(method);
    call.request(2);
    call.halfClose();

    fixture.stream().respond("four");

    assertThat(available[0]).isEqualTo(4);
    assertThat(listener.events).contains("message(four)");
  }

  @Conforms("T154")
  @Test
  void compressedMessagesAreInflated() throws IOException {
    var call = fixture.start(TextMethods.SERVER_STREAMING);
    call.request(2);
    call.halfClose();

    fixture.stream().responseHeaders("grpc-encoding", "gzip");
    fixture.stream().message(gzip("world"), true);
    fixture.stream().message("plain");

    assertThat(listener.events).containsExactly("headers", "message(world)", "message(plain)");
  }

  @Conforms("T201")
  @Test
  void anInflatedMessageAboveTheLimitExhaustsResources() throws IOException {
    fixture.options = CallOptions.DEFAULT.withMaxInboundMessageSize(4);
    var call = fixture.start(TextMethods.SERVER_STREAMING);
    call.request(2);
    call.halfClose();

    fixture.stream().responseHeaders("grpc-encoding", "gzip");
    fixture.stream().message(gzip("1234"), true);
    fixture.stream().message(gzip("12345"), true);

    assertThat(listener.events)
        .containsExactly("headers", "message(1234)", "close(RESOURCE_EXHAUSTED)");
    assertThat(listener.description()).contains("exceeds maximum size 4");
  }

  @Conforms("T200")
  @Test
  void aCompressedMessageWithoutAnEncodingIsAnError() throws IOException {
    fixture.unary("hello");

    fixture.stream().responseHeaders();
    fixture.stream().message(gzip("world"), true);

    assertThat(listener.end().getCode()).isEqualTo(Code.INTERNAL);
    assertThat(listener.description()).contains("no grpc-encoding");
  }

  @Test
  void aCompressedMessageIsAnErrorWhereTheEncodingIsIdentity() throws IOException {
    fixture.unary("hello");

    fixture.stream().responseHeaders("grpc-encoding", "identity");
    fixture.stream().message(gzip("world"), true);

    assertThat(listener.end().getCode()).isEqualTo(Code.INTERNAL);
    assertThat(listener.description()).contains("no grpc-encoding");
  }

  @Conforms({"T200", "T206"})
  @Test
  void aCompressedMessageOfUnknownEncodingIsAnError() throws IOException {
    fixture.unary("hello");

    fixture.stream().responseHeaders("grpc-encoding", "zap");
    fixture.stream().message(gzip("world"), true);

    assertThat(listener.end().getCode()).isEqualTo(Code.INTERNAL);
    assertThat(listener.description()).isEqualTo("Can't find decompressor for zap");
  }

  @Conforms("T207")
  @Test
  void bytesThatAreNotWhatTheEncodingSaysAreAnError() {
    fixture.unary("hello");

    fixture.stream().responseHeaders("grpc-encoding", "gzip");
    fixture.stream().message("not gzip".getBytes(StandardCharsets.UTF_8), true);

    assertThat(listener.end().getCode()).isEqualTo(Code.INTERNAL);
    assertThat(listener.description()).contains("could not be decompressed");
  }

  @Conforms("T200")
  @Test
  void aCompressedMessageOfNoBytesIsEmpty() {
    var call = fixture.start(TextMethods.SERVER_STREAMING);
    call.request(2);
    call.halfClose();

    fixture.stream().responseHeaders("grpc-encoding", "gzip");
    fixture.stream().message(new byte[0], true);
    fixture.stream().message("plain");

    assertThat(listener.events).containsExactly("headers", "message()", "message(plain)");
  }

  @Conforms("T200")
  @ParameterizedTest
  @ValueSource(strings = {"identity", "zap"})
  void aCompressedMessageOfNoBytesNeedsAKnownEncodingToo(String encoding) {
    var call = fixture.start(TextMethods.SERVER_STREAMING);
    call.request(1);
    call.halfClose();

    fixture.stream().responseHeaders("grpc-encoding", encoding);
    fixture.stream().message(new byte[0], true);

    assertThat(listener.end().getCode()).isEqualTo(Code.INTERNAL);
  }

  @Conforms("T207")
  @ParameterizedTest
  @ValueSource(ints = {3, 100})
  void whatInflatesAMessageIsClosedAlsoOverTheLimit(int limit) {
    List<String> closed = new ArrayList<>();
    fixture.options = CallOptions.DEFAULT.withMaxInboundMessageSize(limit);
    fixture.decompressors = fixture.decompressors.with(new ClosingCodec(closed), false);
    fixture.unary("hello");

    fixture.stream().responseHeaders("grpc-encoding", "closing");
    fixture.stream().message("abcdef".getBytes(StandardCharsets.UTF_8), true);

    assertThat(closed).containsExactly("closed");
  }

  /** Returns the bytes as they are, and records that its stream is closed. */
  private record ClosingCodec(List<String> closed) implements Decompressor {
    @Override
    public String getMessageEncoding() {
      return "closing";
    }

    @Override
    public InputStream decompress(InputStream compressed) {
      return new FilterInputStream(compressed) {
        @Override
        public void close() throws IOException {
          closed.add("closed");
          super.close();
        }
      };
    }
  }

  @Conforms({"J05", "C060"})
  @Test
  void attributesAreTheTransportsOnceBound() {
    InetSocketAddress peer = InetSocketAddress.createUnresolved("server", 1);
    fixture.transport.attributes =
        Attributes.newBuilder().set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, peer).build();
    var call = fixture.newCall(TextMethods.BIDI);
    assertThat(call.getAttributes()).isEqualTo(Attributes.EMPTY);

    call.start(listener, new Metadata());

    assertThat(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)).isSameAs(peer);
  }

  @Test
  void requestsFromWithinACallbackAreServedWithoutAnotherTask() {
    var call = fixture.onExecutor().start(TextMethods.BIDI);
    listener.duringMessage = () -> call.request(1);
    call.request(1);
    fixture.stream().message("a");
    fixture.stream().message("b");

    assertThat(fixture.executor.runAll()).isOne();
    assertThat(listener.events).containsExactly("message(a)", "message(b)");
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new Codec.Gzip().compress(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }
}
