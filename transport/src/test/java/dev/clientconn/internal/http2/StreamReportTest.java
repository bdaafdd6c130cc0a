// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.transport.StreamSnapshot;
import dev.clientconn.transport.StreamSnapshot.State;
import dev.clientconn.transport.WaitCause;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Lists the streams of connections, in slices between which streams and connections end. */
class StreamReportTest {

  private static List<StreamSnapshot> streams(Http2Peer peer) {
    CompletableFuture<List<StreamSnapshot>> future = peer.transport.streams();
    peer.loop.run();
    assertThat(future).isDone();
    return future.join();
  }

  private static Http2Peer withStreams(int count) {
    Http2Peer peer = Http2Peer.ready();
    for (int i = 0; i < count; i++) {
      peer.call().start(null, true);
    }
    peer.loop.run();
    return peer;
  }

  @Test
  void describesAStreamThatSendsMoreThanItsWindow() {
    Http2Peer peer = Http2Peer.ready();
    RecordingCall call = peer.streaming();
    call.write(new byte[70_000]);
    peer.loop.run();
    peer.sendsWindowUpdate(0, 100_000);
    peer.sendsHeaders(1).sendsMessage(1, new byte[300]).after(Duration.ofMillis(7));

    assertThat(streams(peer))
        .containsExactly(new StreamSnapshot(
            peer.transport.id(),
            1,
            "test.Service/Method",
            OptionalLong.of(7_000_000),
            State.OPEN,
            OptionalLong.of(0),
            OptionalLong.of(65_535 - 305),
            70_005 - 65_535,
            305,
            WaitCause.STREAM_WINDOW));
    peer.verify();
  }

  @Test
  void listsCallsThatWaitForASlot() {
    Http2Peer peer = Http2Peer.ready();
    peer.sendsSettings(s -> s.maxConcurrentStreams(1));
    peer.unary();
    peer.unary();

    assertThat(streams(peer)).extracting(StreamSnapshot::id).containsExactlyInAnyOrder(0, 1);
    assertThat(streams(peer))
        .filteredOn(stream -> stream.state() == State.WAITING)
        .singleElement()
        .satisfies(stream -> {
          assertThat(stream.blockedOn()).isEqualTo(WaitCause.STREAM_SLOT);
          assertThat(stream.sendWindow()).isEmpty();
          assertThat(stream.queuedBytes()).isEqualTo(10);
        });
    peer.verify();
  }

  @Test
  void requestThatIsCompleteIsHalfClosed() {
    Http2Peer peer = Http2Peer.ready();
    peer.unary();
    assertThat(streams(peer))
        .extracting(StreamSnapshot::state)
        .containsExactly(State.HALF_CLOSED_LOCAL);
    peer.verify();
  }

  @Test
  void ageOfAStreamCountsFromItsCreationThroughAllItsWaits() {
    Http2Peer peer = Http2Peer.ready();
    peer.sendsSettings(s -> s.maxConcurrentStreams(1));
    peer.unary();
    peer.unary();
    peer.after(Duration.ofMillis(5));
    assertThat(streams(peer))
        .extracting(StreamSnapshot::ageNanos)
        .containsOnly(OptionalLong.of(5_000_000));

    peer.answers(1).after(Duration.ofMillis(3));

    assertThat(streams(peer)).singleElement().satisfies(stream -> {
      assertThat(stream.id()).isEqualTo(3);
      assertThat(stream.ageNanos()).hasValue(8_000_000);
      assertThat(stream.blockedOn()).isEqualTo(WaitCause.SERVER);
    });
    peer.verify();
  }

  @Test
  void noTaskListsManyOfTenThousandStreams() {
    Http2Peer peer = withStreams(10_000);
    CompletableFuture<List<StreamSnapshot>> future = peer.transport.streams();

    int tasks = 0;
    while (!future.isDone() && peer.loop.runOne()) {
      tasks++;
    }

    assertThat(future.join()).hasSize(10_000).doesNotHaveDuplicates();
    assertThat(tasks).isGreaterThan(10_000 / StreamWalk.SLICE);
    peer.verify();
  }

  @Test
  void streamsThatEndBetweenTasksAreLeftOut() {
    Http2Peer peer = withStreams(1_000);
    CompletableFuture<List<StreamSnapshot>> future = peer.transport.streams();
    peer.loop.runOne();
    assertThat(future).isNotDone();

    for (RecordingCall call : peer.calls.subList(0, 990)) {
      call.stream().cancel(Status.CANCELLED);
    }
    peer.loop.run();

    assertThat(future.join())
        .hasSizeLessThan(10 + StreamWalk.SLICE + 8)
        .extracting(StreamSnapshot::id)
        .doesNotHaveDuplicates()
        .contains(1_981, 1_999);
    peer.verify();
  }

  @Test
  void connectionThatEndsBetweenTasksCompletesTheList() {
    Http2Peer peer = withStreams(1_000);
    CompletableFuture<List<StreamSnapshot>> future = peer.transport.streams();
    peer.loop.runOne();

    peer.transport.shutdownNow(Status.UNAVAILABLE);
    peer.loop.run();

    assertThat(future).isCompletedWithValueMatching(list -> list.size() < 1_000);
    peer.verify();
  }

  @Test
  void loopThatEndsBetweenTasksCompletesTheList() {
    Http2Peer peer = withStreams(1_000);
    CompletableFuture<List<StreamSnapshot>> future = peer.transport.streams();
    peer.loop.runOne();

    peer.loop.cancelTimers();

    assertThat(future).isCompletedWithValueMatching(list -> list.size() < 1_000);
    peer.verify();
  }

  @Test
  void connectionThatHasEndedHasNoStreams() {
    Http2Peer peer = withStreams(3);
    peer.closes();
    assertThat(streams(peer)).isEmpty();
    peer.verify();
  }
}
