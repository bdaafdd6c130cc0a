// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static dev.clientconn.internal.http2.Http2Peer.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.message.OwnChunks;
import dev.clientconn.internal.transport.ChannelWaits;
import dev.clientconn.internal.transport.TransportOptions.KeepaliveOptions;
import dev.clientconn.transport.WaitCause;
import dev.clientconn.transport.WaitTotal;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A turn of the loop loses no event, command or frame, whatever is thrown in it and however the
 * connection ends.
 */
class TurnTest extends PeerTest {

  private static final Duration DEADLINE = Duration.ofSeconds(1);

  private final Logger logger = Logger.getLogger(Http2Client.class.getName());

  @BeforeEach
  void expectsFailures() {
    logger.setLevel(Level.OFF);
  }

  @AfterEach
  void expectsNoMoreFailures() {
    logger.setLevel(null);
  }

  private static RecordingCall callWithDeadline(Http2Peer peer) {
    return peer.call(peer.deadline(DEADLINE), new Metadata());
  }

  @Conforms({"H30", "T121"})
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 6})
  void aCallThatStartsAfterTheEndIsEndedHoweverMuchOfAFrameWasThere(int bytesOfPing) {
    Http2Peer peer = ready();
    byte[] ping = peer.recorded(() -> peer.sendsPing(1));
    peer.sendsBytes(Arrays.copyOf(ping, bytesOfPing)).closes();

    RecordingCall late = callWithDeadline(peer).start(bytes("hello"), true);
    peer.loop.run();

    assertThat(late.takeEvents()).containsExactly("closed UNAVAILABLE NOT_SENT");
  }

  @Test
  void aCallThatStartsInsideAnEventOfAReadIsSentInItsTurn() {
    Http2Peer peer = ready();
    RecordingCall first = peer.unary();
    List<RecordingCall> second = new ArrayList<>();
    first.onClosed = () -> second.add(peer.call().start(bytes("again"), true));
    peer.frames();

    peer.answers(1);

    peer.expects("HEADERS 3", "DATA 3 10 END");
    assertThat(second).hasSize(1);
  }

  @Test
  void whatACallPutsWithinATurnSchedulesNoOtherTurn() {
    Http2Peer peer = ready();
    peer.unary().onBatchEnd = () -> peer.call().start(bytes("again"), true);
    byte[] response = peer.recorded(() -> peer.answers(1));
    peer.frames();

    peer.socket.receive(Unpooled.wrappedBuffer(response));

    assertThat(peer.loop.runOne()).isFalse();
    peer.expects("HEADERS 3", "DATA 3 10 END");
  }

  @Conforms("H29")
  @Test
  void oneAllocationThatFailsEndsEveryCallOfItsTurn() {
    Http2Peer peer = ready();
    List<RecordingCall> calls = new ArrayList<>();
    peer.allocator.failsAfter(0);
    for (int i = 0; i < 5; i++) {
      calls.add(callWithDeadline(peer).start(bytes("hello"), true));
    }

    peer.loop.run();

    assertThat(peer.allocator.hasFailed()).isTrue();
    assertThat(calls.get(0).takeEvents()).containsExactly("closed UNAVAILABLE PROCESSED");
    assertThat(calls.get(0).status().getCause()).isInstanceOf(OutOfMemoryError.class);
    for (RecordingCall behind : calls.subList(1, 5)) {
      // Not one byte of them was sent, so another connection may have them.
      assertThat(behind.takeEvents()).containsExactly("closed UNAVAILABLE NOT_SENT");
    }
    assertThat(peer.owner.phases).containsExactly("ready", "terminated");
  }

  @Test
  void aCallWhoseDeadlineCannotBeReadEndsWithTheConnection() {
    Http2Peer peer = ready();
    boolean[] fails = {false};
    Deadline.Ticker ticker = new Deadline.Ticker() {
      @Override
      public long nanoTime() {
        if (fails[0]) {
          throw new NoSuchMethodError("clock");
        }
        return 0;
      }
    };
    RecordingCall call = peer.call(Deadline.after(1, TimeUnit.SECONDS, ticker), new Metadata());

    fails[0] = true;
    call.start(bytes("hello"), true);
    peer.loop.run();

    assertThat(call.takeEvents()).containsExactly("closed UNAVAILABLE PROCESSED");
    assertThat(call.status().getDescription()).contains("clock");
    assertThat(peer.owner.phases).containsExactly("ready", "terminated");
  }

  @Test
  void aStreamWhoseHeadersWereNotSentIsNotReset() {
    Http2Peer peer = ready();
    peer.allocator.failsAfter(0);

    RecordingCall call = callWithDeadline(peer).start(bytes("hello"), true);
    call.stream().cancel(Status.CANCELLED);
    peer.loop.run();

    assertThat(peer.texts()).hasSize(1).allMatch(t -> t.startsWith("GOAWAY 0 INTERNAL_ERROR"));
  }

  @Test
  void aMessageThatCannotBeFramedFailsTheConnection() {
    Http2Peer peer = ready();
    RecordingCall call = peer.streaming();
    peer.frames();
    peer.allocator.failsAfter(0);

    call.write(bytes("hello")).stream().halfClose();
    peer.loop.run();

    assertThat(call.status().getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(peer.texts()).hasSize(1).allMatch(t -> t.startsWith("GOAWAY 0 INTERNAL_ERROR"));
  }

  @Conforms("H29")
  @Test
  void aFrameThatWasBegunIsNotSent() {
    Http2Peer peer = ready();
    RecordingCall call = peer.streaming();
    RecordingCall other = peer.streaming();
    peer.frames();
    FramedMessage released = new OwnChunks().framed(Http2Peer.framed(new byte[10]));
    released.release();

    other.write(bytes("framed before"));
    call.writeFramed(released);
    peer.loop.run();

    assertThat(peer.texts()).hasSize(1).allMatch(t -> t.startsWith("GOAWAY 0 INTERNAL_ERROR"));
    assertThat(call.isClosed()).isTrue();
    assertThat(other.isClosed()).isTrue();
  }

  @Test
  void noMemoryForGoAwayDoesNotKeepTheConnectionOpen() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.frames();
    peer.allocator.failsAfter(0);

    peer.transport.shutdownNow(Status.UNAVAILABLE.withDescription("enough"));
    peer.loop.run();

    peer.expectsNothing();
    assertThat(call.status().getDescription()).isEqualTo("enough");
    assertThat(peer.owner.phases).containsExactly("ready", "terminated");
  }

  @Conforms("H29")
  @Test
  void everyDeadlineThatHasPassedEndsItsCallThoughOneResetCannotBeFramed() {
    Http2Peer peer = ready();
    List<RecordingCall> calls = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      calls.add(callWithDeadline(peer).start(bytes("hello"), true));
    }
    peer.loop.run();
    peer.allocator.failsAfter(0);

    peer.after(DEADLINE.plusMillis(10));

    assertThat(peer.allocator.hasFailed()).isTrue();
    assertThat(calls).allMatch(RecordingCall::isClosed);
    assertThat(peer.owner.phases).containsExactly("ready", "terminated");
  }

  @Test
  void everyDeadlineThatHasPassedEndsItsCallThoughOneListenerThrows() {
    Http2Peer peer = ready();
    List<RecordingCall> calls = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      RecordingCall call = callWithDeadline(peer).start(bytes("hello"), true);
      call.onClosed = () -> {
        throw new AssertionError("says the test");
      };
      calls.add(call);
    }
    peer.loop.run();

    peer.after(DEADLINE.plusMillis(10));

    assertThat(calls).allMatch(RecordingCall::isClosed);
    assertThat(peer.owner.phases).containsExactly("ready", "terminated");
  }

  @Conforms("H29")
  @Test
  void aListenerThatThrowsWithinAFrameFailsTheConnectionAndEveryCallEnds() {
    Http2Peer peer = ready();
    RecordingCall throwing = peer.unary();
    RecordingCall other = peer.unary();
    throwing.onClosed = () -> {
      throw new AssertionError("says the test");
    };

    peer.inOneRead(() -> peer.answers(1).answers(3));

    assertThat(throwing.takeEvents()).endsWith("closed OK PROCESSED");
    assertThat(other.takeEvents()).containsExactly("closed UNAVAILABLE PROCESSED");
    assertThat(other.status().getCause()).isInstanceOf(AssertionError.class);
    assertThat(peer.owner.phases).containsExactly("ready", "terminated");
  }

  @Test
  void callEndsThoughItsTimesCannotBeTaken() {
    Http2Peer peer = ready();
    RecordingCall responded = peer.unary();
    responded.onTimes = () -> {
      throw new StackOverflowError("says the test");
    };

    peer.inOneRead(() -> peer.answers(1));

    assertThat(responded.takeEvents()).endsWith("closed OK PROCESSED");
    assertThat(peer.owner.phases).containsExactly("ready", "terminated");
  }

  @Test
  void waitThatCannotBeEndedEndsWithItsConnection() {
    Http2Peer peer = ready();
    ChannelWaits channel = new ChannelWaits();
    channel.addConnection(peer.transport.waits());
    // So that the sum of the beginnings of waits is not 0 by chance.
    peer.after(Duration.ofSeconds(1));
    RecordingCall responded = peer.unary();
    responded.beforeTimes = () -> {
      throw new StackOverflowError("says the test");
    };
    peer.after(Duration.ofMillis(10));
    peer.inOneRead(() -> peer.answers(1));
    channel.removeConnection(peer.transport.waits());
    peer.after(Duration.ofMillis(50));

    long now = peer.loop.ticker().nanoTime();
    assertThat(channel.snapshot(now).get(WaitCause.SERVER)).isEqualTo(new WaitTotal(1, 10_000_000));
    channel.add(WaitCause.SERVER, 5_000_000);
    assertThat(channel.snapshot(now).get(WaitCause.SERVER)).isEqualTo(new WaitTotal(2, 15_000_000));
  }

  @Test
  void callExpiresThoughItsTimesCannotBeTaken() {
    Http2Peer peer = ready();
    RecordingCall expired = callWithDeadline(peer).start(bytes("hello"), true);
    peer.loop.run();
    expired.onTimes = () -> {
      throw new StackOverflowError("says the test");
    };

    peer.after(DEADLINE.plusMillis(10));

    assertThat(expired.isClosed()).isTrue();
    assertThat(peer.owner.phases).containsExactly("ready", "terminated");
  }

  @Test
  void callsThatWaitForASlotEndTooWhereTheFirstListenerThrows() {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.maxConcurrentStreams(0));
    RecordingCall throwing = peer.unary();
    RecordingCall other = peer.unary();
    throwing.onClosed = () -> {
      throw new AssertionError("says the test");
    };

    peer.closes();

    assertThat(throwing.isClosed()).isTrue();
    assertThat(other.takeEvents()).containsExactly("closed UNAVAILABLE NOT_SENT");
  }

  @Test
  void aPingThatCannotBeFramedFailsTheConnection() {
    Http2Peer peer = ready(s ->
        s.keepalive = new KeepaliveOptions(Duration.ofSeconds(10), Duration.ofSeconds(5), false));
    RecordingCall call = peer.unary();
    peer.allocator.failsAfter(0);

    peer.after(Duration.ofSeconds(10));

    assertThat(call.takeEvents()).containsExactly("closed UNAVAILABLE PROCESSED");
    assertThat(peer.owner.phases).containsExactly("ready", "terminated");
  }

  @Test
  void aPrefaceThatCannotBeFramedFailsTheAttempt() {
    Http2Peer peer = connecting(s -> s.failedAllocation = 0);

    assertThat(peer.owner.phases).containsExactly("terminated");
    assertThat(peer.owner.terminated.getCause()).isInstanceOf(OutOfMemoryError.class);
  }

  @Test
  void dataGoesOnWhereTheSocketHasRoomAgainBehindATurnOfOtherFrames() {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.initialWindowSize(1 << 30)).sendsWindowUpdate(0, 1 << 30);
    RecordingCall other = peer.streaming();
    peer.frames();
    peer.socket.clog();
    peer.call().start(new byte[4 << 20], true);
    peer.loop.run();
    assertThat(peer.socket.isWritable()).isFalse();

    // As after a flush that has used up its write spins: Netty's own next flush comes behind this
    // turn.
    peer.socket.unclogUnnoticed();
    other.stream().cancel(Status.CANCELLED);
    peer.loop.run();
    peer.socket.unsafe().flush();
    peer.loop.run();

    int sent = peer.frames().stream()
        .filter(f -> f.text().startsWith("DATA 3"))
        .mapToInt(f -> f.data().readableBytes())
        .sum();
    assertThat(sent).isEqualTo((4 << 20) + 5);
  }
}
