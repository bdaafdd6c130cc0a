// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.flow.Window;
import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.message.OwnChunks;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Large messages are sent without a copy, and their memory is released however the call ends. */
class LargeRequestTest extends PeerTest {

  private static final int MIB = 1024 * 1024;

  private final OwnChunks chunks = new OwnChunks();

  private Http2Peer open() {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.initialWindowSize(Window.MAX)).sendsWindowUpdate(0, 1 << 30);
    peer.frames();
    return peer;
  }

  private static byte[] message(int framedLength) {
    byte[] message = new byte[framedLength];
    new Random(framedLength).nextBytes(message);
    return message;
  }

  private RecordingCall sending(Http2Peer peer, int framedLength) {
    RecordingCall call = peer.call().startFramed(chunks.framed(message(framedLength)), true);
    peer.loop.run();
    return call;
  }

  private static byte[] sent(Http2Peer peer) {
    ByteBuf all = Unpooled.buffer();
    peer.frames().forEach(frame -> all.writeBytes(frame.data()));
    byte[] bytes = new byte[all.readableBytes()];
    all.readBytes(bytes);
    return bytes;
  }

  private static long queued(Http2Peer peer) {
    return peer.socket.unsafe().outboundBuffer().totalPendingWriteBytes();
  }

  @Test
  void theBytesArriveAsTheyWereWrittenAndTheirMemoryComesBack() {
    Http2Peer peer = open();

    sending(peer, MIB + 10);

    assertThat(sent(peer)).isEqualTo(message(MIB + 10));
    assertThat(chunks.bytesInUse()).isZero();
  }

  @Test
  void windowsThatCutChunksAnywhereChangeNothing() {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.initialWindowSize(0))
        .sendsWindowUpdate(0, 1 << 30)
        .frames();
    sending(peer, 100_000);
    ByteBuf all = Unpooled.buffer();
    Random random = new Random(1);

    while (all.readableBytes() < 100_000) {
      peer.sendsWindowUpdate(1, 1 + random.nextInt(9000));
      all.writeBytes(sent(peer));
    }

    assertThat(all).isEqualTo(Unpooled.wrappedBuffer(message(100_000)));
    assertThat(chunks.bytesInUse()).isZero();
  }

  /** Ends of a call while part of its message is with the socket and part with the stream. */
  enum End {
    CANCEL {
      @Override
      void bring(Http2Peer peer, RecordingCall call) {
        call.stream().cancel(Status.CANCELLED);
      }
    },
    RESET {
      @Override
      void bring(Http2Peer peer, RecordingCall call) {
        peer.sendsRst(1, 8);
      }
    },
    EARLY_ANSWER {
      @Override
      void bring(Http2Peer peer, RecordingCall call) {
        peer.answers(1);
      }
    },
    DEADLINE {
      @Override
      void bring(Http2Peer peer, RecordingCall call) {
        peer.after(Duration.ofSeconds(5));
      }
    },
    GOAWAY {
      @Override
      void bring(Http2Peer peer, RecordingCall call) {
        peer.sendsGoAway(0, Http2Error.NO_ERROR, "bye");
      }
    },
    CONNECTION_LOST {
      @Override
      void bring(Http2Peer peer, RecordingCall call) {
        peer.breaks();
      }
    };

    abstract void bring(Http2Peer peer, RecordingCall call);
  }

  @Conforms("T065")
  @ParameterizedTest
  @EnumSource
  void theMemoryOfACallThatEndsMidwayComesBack(End end) {
    Http2Peer peer = ready();
    peer.sendsWindowUpdate(0, 1 << 30).frames();
    peer.socket.clog();
    RecordingCall call = peer.call(peer.deadline(Duration.ofSeconds(1)), new Metadata())
        .startFramed(chunks.framed(message(300_000)), false);
    call.writeFramed(chunks.framed(message(100_000)));
    peer.loop.run();
    assertThat(queued(peer)).isGreaterThan(65_000);
    assertThat(chunks.bytesInUse()).isGreaterThan(400_000);

    end.bring(peer, call);
    peer.loop.run();
    assertThat(call.isClosed()).isTrue();
    peer.socket.unclog();
    peer.closes();
    peer.frames();

    assertThat(chunks.bytesInUse()).isZero();
  }

  @Test
  void theMemoryOfACallThatIsRefusedBeforeItIsSentComesBack() {
    Http2Peer peer = open();
    peer.sendsSettings(s -> s.maxConcurrentStreams(0)).frames();
    RecordingCall waiting = sending(peer, 100_000);

    waiting.stream().cancel(Status.CANCELLED);
    peer.loop.run();

    assertThat(chunks.bytesInUse()).isZero();
  }

  @Conforms({"T065", "T121"})
  @Test
  void theMemoryOfMessagesWrittenAfterTheEndComesBack() {
    Http2Peer peer = open();
    RecordingCall call = peer.streaming();
    call.stream().cancel(Status.CANCELLED);
    peer.loop.run();

    for (int i = 0; i < 10; i++) {
      call.writeFramed(chunks.framed(message(MIB)));
    }
    peer.loop.run();

    assertThat(chunks.bytesInUse()).isZero();
  }

  @Conforms("T065")
  @Test
  void theMemoryOfACallThatIsCancelledBeforeItStartsComesBack() {
    Http2Peer peer = open();
    RecordingCall call = peer.call();
    call.stream().cancel(Status.CANCELLED);
    peer.loop.run();

    call.startFramed(chunks.framed(message(MIB)), true);
    peer.loop.run();

    assertThat(chunks.bytesInUse()).isZero();
    assertThat(peer.frames()).isEmpty();
  }

  @Test
  void aMessageThatMayBeSentAgainKeepsItsMemoryUntilItIsReleased() {
    Http2Peer peer = open();
    FramedMessage message = chunks.framed(message(MIB));
    assertThat(message.retain()).isTrue();
    peer.call().startFramed(message, true);
    peer.loop.run();
    assertThat(sent(peer)).hasSize(MIB);
    assertThat(chunks.bytesInUse()).isEqualTo(MIB);

    message.release();

    assertThat(chunks.bytesInUse()).isZero();
  }

  @Test
  void aSocketThatTakesEverythingIsOfferedMoreAtATime() {
    Http2Peer peer = open();
    sending(peer, 4 * MIB);
    peer.frames();

    peer.socket.clog();
    sending(peer, 4 * MIB);

    assertThat(queued(peer)).isBetween((long) Turn.MAX_WRITE, Turn.MAX_WRITE + 40_000L);
  }

  @Test
  void aSocketThatDoesNotIsOfferedLittleAgain() {
    Http2Peer peer = open();
    sending(peer, 4 * MIB);
    peer.socket.clog();
    RecordingCall call = sending(peer, MIB);
    peer.socket.unclog();
    peer.frames();

    peer.socket.clog();
    call.stream().cancel(Status.CANCELLED);
    sending(peer, 4 * MIB);

    assertThat(queued(peer)).isBetween((long) Turn.MIN_WRITE, Turn.MIN_WRITE + 40_000L);
  }
}
