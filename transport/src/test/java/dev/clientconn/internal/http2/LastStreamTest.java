// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static dev.clientconn.internal.http2.Http2Peer.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.transport.TransportOptions.KeepaliveOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.handler.codec.http2.Http2Error;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The last stream of a connection may end in any way: a connection that drains is closed then, one
 * that does not sends no more pings, and a stream that waits gets the slot.
 */
class LastStreamTest extends PeerTest {

  private static final Duration TIME = Duration.ofSeconds(10);
  private static final Duration DEADLINE = Duration.ofSeconds(1);

  private enum End {
    TRAILERS,
    DATA,
    RESET,
    INVALID_FRAME,
    HEADERS_OVER_LIMIT,
    WINDOW_OVERFLOW,
    CANCEL,
    DEADLINE_PASSED;

    /** Ends the stream with id 1. */
    void of(RecordingCall call, Http2Peer peer) {
      switch (this) {
        case TRAILERS -> peer.answers(1);
        case DATA -> peer.sendsHeaders(1).sendsData(1, new byte[0], 0, true);
        case RESET -> peer.sendsRst(1, Http2Error.INTERNAL_ERROR.code());
        case INVALID_FRAME -> peer.sendsFrame(8, 0, 1, new byte[4]);
        case HEADERS_OVER_LIMIT -> peer.sendsHeaders(1, true, "big", "x".repeat(9_000));
        case WINDOW_OVERFLOW -> peer.sendsWindowUpdate(1, Integer.MAX_VALUE);
        case CANCEL -> {
          call.stream().cancel(Status.CANCELLED);
          peer.loop.run();
        }
        case DEADLINE_PASSED -> peer.after(DEADLINE.plusMillis(100));
      }
    }
  }

  private Http2Peer withKeepalive() {
    return ready(s -> s.keepalive = new KeepaliveOptions(TIME, Duration.ofSeconds(3), false));
  }

  private static RecordingCall callWithDeadline(Http2Peer peer) {
    RecordingCall call =
        peer.call(peer.deadline(DEADLINE), new Metadata()).start(bytes("hello"), true);
    peer.loop.run();
    return call;
  }

  private static void assertNoMorePings(Http2Peer peer) {
    peer.frames();
    peer.after(Duration.ofHours(1)).expectsNothing();
    assertThat(peer.owner.phases).containsExactly("ready");
  }

  @ParameterizedTest
  @EnumSource
  void connectionThatDrainsIsClosed(End end) {
    Http2Peer peer = ready();
    RecordingCall call = callWithDeadline(peer);
    peer.transport.shutdown(Status.UNAVAILABLE);
    peer.loop.run();
    assertThat(peer.owner.phases).containsExactly("ready", "draining");

    end.of(call, peer);

    assertThat(call.isClosed()).isTrue();
    assertThat(peer.owner.phases).containsExactly("ready", "draining", "terminated");
    assertThat(peer.socket.isOpen()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void connectionIsPingedNoMore(End end) {
    Http2Peer peer = withKeepalive();
    RecordingCall call = callWithDeadline(peer);

    end.of(call, peer);

    assertThat(call.isClosed()).isTrue();
    assertNoMorePings(peer);
  }

  @ParameterizedTest
  @EnumSource
  void streamThatWaitsIsOpened(End end) {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.maxConcurrentStreams(1));
    RecordingCall call = callWithDeadline(peer);
    RecordingCall waiting = peer.unary();
    peer.frames();

    end.of(call, peer);

    assertThat(peer.texts()).endsWith("HEADERS 3", "DATA 3 10 END");
    peer.answers(3);
    assertThat(waiting.status().isOk()).isTrue();
  }

  @Test
  void pingsStopWhenTheDeadlineOfTheLastStreamThatWaitsPasses() {
    Http2Peer peer = withKeepalive();
    peer.sendsSettings(s -> s.maxConcurrentStreams(0));
    RecordingCall waiting = callWithDeadline(peer);

    peer.after(DEADLINE.plusMillis(100));

    assertThat(waiting.isClosed()).isTrue();
    assertNoMorePings(peer);
  }

  @Test
  void pingsStopWhenTheStreamsThatWaitAreReturned() {
    Http2Peer peer = withKeepalive();
    peer.sendsSettings(s -> s.maxConcurrentStreams(0));
    RecordingCall waiting = peer.unary();

    peer.transport.returnWaiting(Status.UNAVAILABLE);
    peer.loop.run();

    assertThat(waiting.takeEvents()).containsExactly("closed UNAVAILABLE NOT_SENT");
    assertNoMorePings(peer);
  }

  @Test
  void streamThatIsRejectedStartsNoPings() {
    Http2Peer peer = ready(s -> {
      s.keepalive = new KeepaliveOptions(TIME, Duration.ofSeconds(3), false);
      s.maxPending = 0;
    });
    peer.sendsSettings(s -> s.maxConcurrentStreams(0));

    assertThat(peer.unary().takeEvents()).containsExactly("closed RESOURCE_EXHAUSTED PROCESSED");

    assertNoMorePings(peer);
  }

  @Test
  void streamThatHasLostItsSlotStartsNoPings() {
    Http2Peer peer = withKeepalive();
    peer.sendsSettings(s -> s.maxConcurrentStreams(0));
    RecordingCall call = new RecordingCall();
    call.bind(peer.transport.newStreamInSlot(peer.headers(null, new Metadata()), call));
    peer.calls.add(call);

    call.start(bytes("hello"), true);
    peer.loop.run();

    assertThat(call.takeEvents()).containsExactly("closed UNAVAILABLE NOT_SENT");
    assertNoMorePings(peer);
  }
}
