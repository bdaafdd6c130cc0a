// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.channel.ChannelCore;
import dev.clientconn.internal.channel.StreamSurvey;
import dev.clientconn.testing.ByteMethods;
import dev.clientconn.transport.StreamSnapshot;
import dev.clientconn.transport.WaitCause;
import dev.clientconn.transport.WaitTotal;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A call waits for one cause until its deadline: this cause shows, and no other, in the list of
 * streams while it waits, and in the status, the report and the totals, which meters read, when it
 * has ended. There is a scenario for each cause, or this class does not compile.
 */
class EveryWaitCauseTest extends WaitFixture {
  private static final String METHOD = "a/Waits";

  /** What the calls have waited for that are in the way of the one that waits. */
  private Map<WaitCause, WaitTotal> before = Map.of();

  private List<StreamSnapshot> streams = List.of();

  @ParameterizedTest
  @EnumSource
  void causeShowsEverywhereAndNoOtherDoes(WaitCause cause) {
    makeACallWaitFor(cause);

    assertStream(cause);
    assertThat(listener.statuses)
        .extracting(Status::getCode)
        .containsExactly(Status.Code.DEADLINE_EXCEEDED);
    long millis = reports.millis().getOrDefault(cause.id(), 0L);
    assertThat(millis).as("the timer of deadlines has ticks").isBetween(1_000L, 1_005L);
    assertThat(reports.millis()).isEqualTo(Map.of(cause.id(), millis));
    assertThat(description())
        .contains("; " + millis + " ms " + cause.id().replace('_', ' ') + "; ");
    assertThat(reports.only().nanos(cause)).isEqualTo(reports.only().durationNanos());
    assertTotals(cause);
  }

  private void makeACallWaitFor(WaitCause cause) {
    switch (cause) {
      case NAME_RESOLUTION -> {
        channel();
        waitsHalfTheTimeTwice(this::request);
      }
      case CONNECTING -> {
        resolved();
        waitsHalfTheTimeTwice(this::request);
      }
      case CREDENTIALS -> {
        connected();
        waitsHalfTheTimeTwice(
            () -> request(METHOD, inOneSecond().withCallCredentials(new SlowCredentials()), 10));
      }
      case RETRY_BACKOFF -> {
        serviceConfig = retries("60s");
        Http2Peer peer = connected();
        waitsHalfTheTimeTwice(() -> {
          request("retried/Waits", inOneSecond(), 10);
          abort(peer, 1);
        });
      }
      case STREAM_SLOT -> {
        connected().sendsSettings(s -> s.maxConcurrentStreams(0));
        waitsHalfTheTimeTwice(this::request);
      }
      case STREAM_WINDOW -> {
        connected().sendsSettings(s -> s.initialWindowSize(0));
        waitsHalfTheTimeTwice(this::request);
      }
      case CONNECTION_WINDOW -> {
        connected().sendsSettings(s -> s.initialWindowSize(1 << 20));
        request("a/Before", CallOptions.DEFAULT, 65_530);
        waitsHalfTheTimeTwice(this::request);
      }
      case SOCKET -> waitsForTheSocket();
      case TURN -> waitsForItsTurn();
      case APPLICATION -> {
        connected();
        waitsHalfTheTimeTwice(() -> start(METHOD, MethodType.CLIENT_STREAMING, inOneSecond(), 10));
      }
      case SERVER -> {
        connected();
        waitsHalfTheTimeTwice(this::request);
      }
    }
  }

  private void waitsForTheSocket() {
    Http2Peer peer = connected();
    peer.sendsSettings(s -> s.initialWindowSize(1 << 20)).sendsWindowUpdate(0, 1 << 24);
    peer.socket.clog();
    for (int i = 0; i < 8; i++) {
      request("a/Before", CallOptions.DEFAULT, 1 << 18);
    }
    assertThat(peer.socket.isWritable()).isFalse();
    waitsHalfTheTimeTwice(this::request);
    peer.socket.unclog();
  }

  /** The loop is busy after the turn in which it has sent the first part of the message. */
  private void waitsForItsTurn() {
    connected().sendsSettings(s -> s.initialWindowSize(1 << 20)).sendsWindowUpdate(0, 1 << 24);
    totalsBefore();
    ClientCall<byte[], byte[]> call =
        channel().newCall(ByteMethods.of(MethodType.UNARY, METHOD), inOneSecond());
    call.start(listener, new Metadata());
    call.request(2);
    call.sendMessage(new byte[8 * Turn.MIN_WRITE]);
    call.halfClose();
    CompletableFuture<List<StreamSnapshot>> list = survey();
    loop.runOne();
    loop.pass(Duration.ofMillis(500));
    loop.runOne();
    streams = list.join();
    loop.pass(Duration.ofMillis(505));
    loop.run();
  }

  /** Looks at the streams after half a second, and lets the deadline pass. */
  private void waitsHalfTheTimeTwice(Runnable call) {
    totalsBefore();
    call.run();
    advance(500);
    CompletableFuture<List<StreamSnapshot>> list = survey();
    loop.run();
    streams = list.join();
    advance(505);
  }

  private void totalsBefore() {
    before = waits.snapshot(loop.ticker().nanoTime());
  }

  private void request() {
    request(METHOD, inOneSecond(), 10);
  }

  private void request(String method, CallOptions options, int size) {
    start(method, MethodType.UNARY, options, size).halfClose();
    loop.run();
  }

  private CompletableFuture<List<StreamSnapshot>> survey() {
    ChannelCore core = Objects.requireNonNull(control);
    return new StreamSurvey(core::surveySource, Runnable::run).request();
  }

  private void assertStream(WaitCause cause) {
    assertThat(streams)
        .filteredOn(each -> each.method().endsWith("/Waits"))
        .singleElement()
        .satisfies(stream -> {
          assertThat(stream.blockedOn()).isEqualTo(cause);
          if (stream.connectionId() > 0) {
            assertThat(stream.ageNanos()).hasValue(TimeUnit.MILLISECONDS.toNanos(500));
          }
        });
  }

  /** A call that is in the way of another one waits, too: for the same, or for the server. */
  private void assertTotals(WaitCause cause) {
    Map<WaitCause, WaitTotal> after = waits.snapshot(loop.ticker().nanoTime());
    after.forEach((each, total) -> {
      WaitTotal earlier = before.getOrDefault(each, WaitTotal.NONE);
      long nanos = total.nanos() - earlier.nanos();
      if (each == cause) {
        assertThat(nanos).as(each.id()).isGreaterThanOrEqualTo(reports.only().durationNanos());
        assertThat(total.count()).as(each.id()).isGreaterThan(earlier.count());
      } else if (each != WaitCause.SERVER || !hasCallsInTheWay(cause)) {
        assertThat(nanos).as(each.id()).isZero();
      }
    });
    assertThat(after).containsOnlyKeys(WaitCause.values());
  }

  private static boolean hasCallsInTheWay(WaitCause cause) {
    return cause == WaitCause.CONNECTION_WINDOW || cause == WaitCause.SOCKET;
  }
}
