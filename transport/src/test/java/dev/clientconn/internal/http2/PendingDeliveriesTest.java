// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static dev.clientconn.internal.http2.Http2Peer.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PendingDeliveriesTest extends PeerTest {

  @Test
  void allThatOneReadBringsIsOneBatch() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();

    peer.inOneRead(() -> peer.answers(1));

    assertThat(call.events)
        .containsExactly("headers", "message answer", "closed OK PROCESSED", "end");
  }

  @Test
  void eachCallHasABatchOfItsOwn() {
    Http2Peer peer = ready();
    RecordingCall first = peer.unary();
    RecordingCall second = peer.unary();
    RecordingCall untouched = peer.unary();

    peer.inOneRead(() -> peer.sendsHeaders(3)
        .sendsHeaders(1)
        .sendsMessage(3, bytes("b"))
        .sendsMessage(1, bytes("a"))
        .sendsTrailers(3));

    assertThat(first.events).containsExactly("headers", "message a", "end");
    assertThat(second.events).containsExactly("headers", "message b", "closed OK PROCESSED", "end");
    assertThat(untouched.events).isEmpty();
  }

  @Test
  void aFrameWithoutEventsSchedulesNoDelivery() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();

    peer.sendsHeaders(1, false, ":status", "103").sendsWindowUpdate(1, 5);

    assertThat(call.events).isEmpty();
  }

  @Conforms("T111")
  @Test
  void whatACallAsksForInItsBatchLeavesInTheSameWrite() {
    Http2Peer peer = ready(s -> s.connectionWindow = 1 << 20);
    RecordingCall call = peer.streaming();
    peer.sendsHeaders(1);
    List<RecordingCall> next = new ArrayList<>();
    call.onBatchEnd = () -> {
      call.onBatchEnd = () -> {};
      call.write(bytes("more"));
      call.stream().consumed(60_000);
      next.add(peer.call().start(bytes("hello"), true));
    };
    peer.frames();
    peer.takeWrites();

    peer.inOneRead(() -> peer.sendsMessage(1, new byte[60_000]));

    assertThat(peer.takeWrites()).isEqualTo(1);
    peer.expects("WINDOW_UPDATE 1 +60000", "HEADERS 3", "DATA 1 9", "DATA 3 10 END");
    assertThat(next).hasSize(1);
  }

  @Test
  void aCallThatFailsInItsBatchDoesNotHurtTheOthers() {
    Http2Peer peer = ready();
    RecordingCall bad = peer.unary();
    RecordingCall good = peer.unary();
    Logger logger = Logger.getLogger(PendingDeliveries.class.getName());
    logger.setLevel(Level.OFF);
    bad.onBatchEnd = () -> {
      throw new IllegalStateException("a defect");
    };

    peer.inOneRead(() -> peer.answers(1).answers(3));
    logger.setLevel(null);

    assertThat(good.events).endsWith("closed OK PROCESSED", "end");
    peer.unary();
    assertThat(peer.texts()).contains("HEADERS 5");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCallThatCannotTakeItsMessagesGetsItsEnd(boolean inOneRead) {
    Http2Peer peer = ready();
    RecordingCall call = peer.streaming();
    peer.sendsHeaders(1).sendsMessage(1, bytes("first"));
    Logger logger = Logger.getLogger(PendingDeliveries.class.getName());
    logger.setLevel(Level.OFF);
    call.beforeMessage = () -> {
      call.beforeMessage = () -> {};
      throw new OutOfMemoryError("once");
    };

    if (inOneRead) {
      peer.inOneRead(() -> peer.sendsMessage(1, bytes("second")).sendsTrailers(1));
    } else {
      peer.sendsMessage(1, bytes("second")).sendsTrailers(1);
    }
    logger.setLevel(null);

    assertThat(call.complaints()).isEmpty();
    assertThat(call.events).endsWith("closed INTERNAL PROCESSED", "end");
  }

  @Test
  void callsThatStartAnewForEverLeaveTheLoopToOthersInBetween() {
    Http2Peer peer = ready();
    peer.transport.shutdownNow(Status.UNAVAILABLE);
    peer.loop.run();
    int[] left = {1000};
    List<Integer> seen = new ArrayList<>();

    again(peer, left);
    peer.loop.execute(() -> seen.add(left[0]));
    peer.loop.run();

    assertThat(left[0]).isZero();
    assertThat(seen).hasSize(1).allMatch(l -> l > 0);
  }

  private static void again(Http2Peer peer, int[] left) {
    RecordingCall call = peer.call();
    call.onBatchEnd = () -> {
      if (--left[0] > 0) {
        again(peer, left);
      }
    };
    call.start(null, true);
  }
}
