// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static dev.clientconn.internal.http2.Http2Peer.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.channel.CallChannel;
import dev.clientconn.internal.channel.ChannelCore;
import dev.clientconn.internal.concurrent.ChannelThreads;
import dev.clientconn.testing.ManualExecutor;
import dev.clientconn.transport.CallReport;
import dev.clientconn.transport.WaitCause;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.netty.handler.codec.http2.Http2Error;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * A call waits for each cause in turn: the cause shows, with its time, in the report, the status of
 * a call that is cut off, and the channel's totals, and the times add up.
 */
class WaitCauseTest extends WaitFixture {
  private static final Map<String, ?> HEDGES = Map.of(
      "methodConfig",
      List.of(Map.of(
          "name",
          List.of(Map.of("service", "hedged")),
          "hedgingPolicy",
          Map.of(
              "maxAttempts",
              2.0,
              "hedgingDelay",
              "0.1s",
              "nonFatalStatusCodes",
              List.of("UNAVAILABLE")))));

  // Without a stream

  @Test
  void nameResolution() {
    fakes.withoutLookUp();
    unary(inOneSecond());
    advance(1_000);

    assertCutOff("name resolution");
    assertOnly(WaitCause.NAME_RESOLUTION, 1_000);
  }

  @Test
  void nameResolutionForTheServiceConfig() {
    unary(inOneSecond());
    advance(1_000);

    assertCutOff("name resolution", 0);
    assertOnly(WaitCause.NAME_RESOLUTION, 1_000);
  }

  @Test
  void connectingAfterNameResolution() {
    fakes.withoutLookUp();
    unary(inOneSecond());
    advance(300);
    fakes.resolver.send(serviceConfig, 1);
    advance(700);

    assertThat(description()).contains("700 ms connecting, 300 ms name resolution; 1 attempt]");
    assertThat(reports.millis()).isEqualTo(Map.of("name_resolution", 300L, "connecting", 700L));
    assertTotals(Map.of(WaitCause.NAME_RESOLUTION, 300L, WaitCause.CONNECTING, 700L));
  }

  @Test
  void credentials() {
    connected();
    SlowCredentials slow = new SlowCredentials();
    ClientCall<byte[], byte[]> call = unary(CallOptions.DEFAULT.withCallCredentials(slow));
    advance(400);
    slow.answer();
    advance(600);
    cancel(call);

    assertThat(description()).contains("600 ms server, 400 ms credentials; 1 attempt]");
    assertThat(reports.millis()).isEqualTo(Map.of("credentials", 400L, "server", 600L));
    assertTotals(Map.of(WaitCause.CREDENTIALS, 400L, WaitCause.SERVER, 600L));
  }

  @Test
  void retryBackoff() {
    Http2Peer peer = connected();
    ClientCall<byte[], byte[]> call = start("retried/M", MethodType.UNARY, CallOptions.DEFAULT, 10);
    call.halfClose();
    loop.run();
    advance(50);
    abort(peer, 1);
    advance(100);
    advance(850);
    cancel(call);

    assertThat(description()).contains("900 ms server, 100 ms retry backoff; 2 attempts]");
    assertThat(reports.only().attempts()).isEqualTo(2);
    assertThat(reports.millis()).isEqualTo(Map.of("server", 900L, "retry_backoff", 100L));
    assertTotals(Map.of(WaitCause.RETRY_BACKOFF, 100L, WaitCause.SERVER, 900L));
  }

  @Test
  void transparentRetriesCountAsAttempts() {
    connected();
    unary(CallOptions.DEFAULT);
    advance(20);
    peers.last().sendsGoAway(0, Http2Error.NO_ERROR, "");
    advance(30);
    peers.last().sendsSettings(s -> {});
    advance(50);
    peers.last().answers(1);

    assertThat(reports.only().attempts()).isEqualTo(2);
    assertThat(reports.only().status()).isEqualTo(Status.Code.OK);
    assertThat(reports.millis()).isEqualTo(Map.of("server", 70L, "connecting", 30L));
  }

  @Test
  void hedgeThatWinsHasTheTimeBeforeItAsBackoff() {
    serviceConfig = HEDGES;
    Http2Peer peer = connected();
    hedged();
    advance(100);
    advance(40);
    peer.answers(3);

    assertThat(reports.only().attempts()).isEqualTo(2);
    assertThat(reports.millis()).isEqualTo(Map.of("retry_backoff", 100L, "server", 40L));
    assertTotals(Map.of(WaitCause.SERVER, 180L));
  }

  @Test
  void hedgedCallThatIsCancelledHasTheTimesOfItsOldestStream() {
    serviceConfig = HEDGES;
    Http2Peer peer = connected();
    peer.sendsSettings(s -> s.initialWindowSize(0));
    ClientCall<byte[], byte[]> call = hedged();
    advance(100);
    advance(40);
    cancel(call);

    assertThat(description())
        .isEqualTo(
            "enough [waited for the stream's send window; 140 ms stream window; 2 attempts]");
    assertThat(reports.millis()).isEqualTo(Map.of("stream_window", 140L));
    assertTotals(Map.of(WaitCause.STREAM_WINDOW, 180L));
  }

  @Test
  void hedgedCallThatIsCancelledBetweenAttemptsHasWaitedForTheNextOne() {
    serviceConfig = HEDGES;
    Http2Peer peer = connected();
    ClientCall<byte[], byte[]> call = hedged();
    advance(30);
    peer.sendsHeaders(
        1,
        true,
        ":status",
        "200",
        "content-type",
        "application/grpc",
        "grpc-status",
        "14",
        "grpc-retry-pushback-ms",
        "500");
    advance(40);
    cancel(call);

    assertThat(description())
        .isEqualTo(
            "enough [waited for the backoff before a retry; 70 ms retry backoff; 1 attempt]");
    assertThat(reports.millis()).isEqualTo(Map.of("retry_backoff", 70L));
  }

  // Without a slot

  @Test
  void streamSlotOfTheOnlyConnection() {
    Http2Peer peer = connected();
    peer.sendsSettings(s -> s.maxConcurrentStreams(0));
    unary(inOneSecond());
    advance(1_005);

    assertCutOff("a stream slot: the peer");
    assertThat(reports.millis()).containsOnlyKeys("stream_slot");
  }

  @Test
  void streamSlotOfSeveralConnections() {
    fakes.maxConnections(2);
    Http2Peer peer = connected();
    peer.sendsSettings(s -> s.maxConcurrentStreams(0));
    unary(inOneSecond());
    advance(1_000);

    assertThat(description()).contains("[waited for a stream slot: ", "; 1000 ms stream slot; 1");
    assertOnly(WaitCause.STREAM_SLOT, 1_000);
  }

  @Test
  void runningWaitsAreInTheTotals() {
    Http2Peer peer = connected();
    peer.sendsSettings(s -> s.maxConcurrentStreams(1));
    unary(CallOptions.DEFAULT);
    unary(CallOptions.DEFAULT);
    unary(CallOptions.DEFAULT);
    advance(250);

    assertTotals(Map.of(WaitCause.STREAM_SLOT, 500L, WaitCause.SERVER, 250L));
    assertThat(total(WaitCause.STREAM_SLOT).count()).isEqualTo(2);
    peer.breaks();
    assertTotals(Map.of(WaitCause.STREAM_SLOT, 500L, WaitCause.SERVER, 250L));
  }

  // With bytes to send

  @Test
  void streamWindow() {
    Http2Peer peer = connected();
    peer.sendsSettings(s -> s.initialWindowSize(0));
    unary(inOneSecond());
    advance(1_005);

    assertCutOff("the stream's send window");
    assertThat(reports.millis()).containsOnlyKeys("stream_window");
    assertThat(total(WaitCause.STREAM_WINDOW).count()).isOne();
  }

  @Test
  void connectionWindow() {
    Http2Peer peer = connected();
    peer.sendsSettings(s -> s.initialWindowSize(1 << 20));
    start("a/B", MethodType.UNARY, CallOptions.DEFAULT, 65_530).halfClose();
    loop.run();
    unary(inOneSecond());
    advance(1_005);

    assertCutOff("the connection's send window");
    assertThat(reports.millis()).containsOnlyKeys("connection_window");
  }

  @Test
  void socket() {
    Http2Peer peer = connected();
    peer.sendsSettings(s -> s.initialWindowSize(1 << 20)).sendsWindowUpdate(0, 1 << 24);
    peer.socket.clog();
    for (int i = 0; i < 8; i++) {
      start("a/B", MethodType.UNARY, CallOptions.DEFAULT, 1 << 18).halfClose();
    }
    loop.run();
    assertThat(peer.socket.isWritable()).isFalse();
    unary(inOneSecond());
    advance(1_005);

    assertCutOff("the socket, which takes no more bytes");
    assertThat(reports.millis()).containsOnlyKeys("socket");
    peer.socket.unclog();
  }

  @Test
  void causesOfAQueueFollowEachOther() {
    Http2Peer peer = connected();
    peer.sendsSettings(s -> s.initialWindowSize(100));
    unary(CallOptions.DEFAULT, 1_000);
    advance(10);
    peer.sendsSettings(s -> s.initialWindowSize(1 << 20));
    advance(20);
    peer.answers(1);

    assertThat(reports.millis()).isEqualTo(Map.of("stream_window", 10L, "server", 20L));
    assertTotals(Map.of(WaitCause.STREAM_WINDOW, 10L, WaitCause.SERVER, 20L));
  }

  @Test
  void turn() {
    connected();
    ClientCall<byte[], byte[]> call = start("a/B", MethodType.UNARY, CallOptions.DEFAULT, 10);
    call.halfClose();
    // The loop is busy with something else.
    loop.pass(Duration.ofMillis(30));
    loop.run();
    advance(20);
    peers.last().answers(1);

    assertThat(reports.millis()).isEqualTo(Map.of("turn", 30L, "server", 20L));
  }

  // With nothing to send

  @Test
  void applicationThatDoesNotHalfClose() {
    connected();
    ClientCall<byte[], byte[]> call = start("a/B", MethodType.UNARY, CallOptions.DEFAULT, 10);
    advance(400);
    call.halfClose();
    loop.run();
    advance(600);
    cancel(call);

    assertThat(description()).contains("600 ms server, 400 ms application; 1 attempt]");
    assertThat(reports.millis()).isEqualTo(Map.of("application", 400L, "server", 600L));
  }

  @Test
  void serverAfterAHalfCloseWithoutData() {
    connected();
    ClientCall<byte[], byte[]> call =
        start("a/B", MethodType.CLIENT_STREAMING, CallOptions.DEFAULT, 0);
    advance(400);
    call.halfClose();
    loop.run();
    advance(600);
    cancel(call);

    assertThat(reports.millis()).isEqualTo(Map.of("application", 400L, "server", 600L));
    assertTotals(Map.of(WaitCause.APPLICATION, 400L, WaitCause.SERVER, 600L));
  }

  @Test
  void applicationThatWritesNothing() {
    connected();
    start("a/B", MethodType.CLIENT_STREAMING, inOneSecond(), 10);
    advance(1_005);

    assertCutOff("the application to send, or to half-close");
    assertThat(reports.millis()).containsOnlyKeys("application");
  }

  @Test
  void applicationAndServerTakeTurnsInAConversation() {
    Http2Peer peer = connected();
    ClientCall<byte[], byte[]> call =
        start("a/B", MethodType.BIDI_STREAMING, CallOptions.DEFAULT, 10);
    advance(30);
    peer.sendsHeaders(1).sendsMessage(1, bytes("one"));
    advance(20);
    call.sendMessage(bytes("two"));
    call.halfClose();
    loop.run();
    advance(5);
    peer.sendsMessage(1, bytes("two")).sendsTrailers(1);

    assertThat(reports.millis()).isEqualTo(Map.of("server", 35L, "application", 20L));
    assertTotals(Map.of(WaitCause.SERVER, 35L, WaitCause.APPLICATION, 20L));
  }

  @Test
  void applicationThatRequestsNoMoreMessages() {
    Http2Peer peer = connected();
    ClientCall<byte[], byte[]> call = start("a/B", MethodType.SERVER_STREAMING, inOneSecond(), 10);
    call.halfClose();
    loop.run();
    advance(100);
    peer.sendsHeaders(1);
    for (int i = 0; i < 5; i++) {
      peer.sendsMessage(1, bytes("more"));
    }
    advance(905);

    assertCutOff("the application to take the response", 1, 100);
    assertThat(reports.millis()).containsOnlyKeys("application", "server");
    assertThat(reports.millis()).containsEntry("server", 100L);
  }

  @Test
  void idleConsumerOfSmallMessagesIsInTheTotalsWhileItLasts() {
    Http2Peer peer = connected();
    start("a/B", MethodType.SERVER_STREAMING, CallOptions.DEFAULT, 10).halfClose();
    loop.run();
    advance(10);
    peer.sendsHeaders(1);
    for (int i = 0; i < 5; i++) {
      peer.sendsMessage(1, bytes("more"));
    }
    advance(90);
    // A snapshot makes the loop look at its streams, for the next one.
    peer.transport.measure();
    loop.run();

    assertTotals(Map.of(WaitCause.SERVER, 10L, WaitCause.APPLICATION, 90L));
    advance(50);
    peer.transport.measure();
    loop.run();
    assertTotals(Map.of(WaitCause.SERVER, 10L, WaitCause.APPLICATION, 140L));
    peer.sendsTrailers(1);
  }

  @Test
  void silentServerOfSmallMessagesIsInTheTotalsWhileItLasts() {
    Http2Peer peer = connected();
    start("a/B", MethodType.SERVER_STREAMING, CallOptions.DEFAULT, 10).halfClose();
    loop.run();
    peer.sendsHeaders(1).sendsMessage(1, bytes("one"));
    advance(90);
    peer.transport.measure();
    loop.run();
    assertTotals(Map.of(WaitCause.SERVER, 90L));
    advance(10);
    peer.sendsTrailers(1);

    assertTotals(Map.of(WaitCause.SERVER, 100L));
    assertThat(reports.millis()).isEqualTo(Map.of("server", 100L));
  }

  @Test
  void lackOfDemandIsInTheTotalsWhileItLasts() {
    CallOptions large = CallOptions.DEFAULT.withMaxInboundMessageSize(100_000);
    Http2Peer peer = connected();
    ClientCall<byte[], byte[]> call = start("a/B", MethodType.SERVER_STREAMING, large, 10);
    call.halfClose();
    loop.run();
    advance(10);
    byte[] message = new byte[30_000];
    peer.inOneRead(() -> {
      peer.sendsHeaders(1);
      for (int i = 0; i < 2; i++) {
        peer.sendsMessage(1, message);
      }
    });
    peer.inOneRead(() -> {
      for (int i = 0; i < 2; i++) {
        peer.sendsMessage(1, message);
      }
      peer.sendsData(1, Arrays.copyOf(Http2Peer.framed(message), 5_000), 0, false);
    });
    advance(90);
    assertThat(total(WaitCause.APPLICATION).nanos()).isEqualTo(90_000_000);
    call.request(10);
    loop.run();
    advance(50);
    cancel(call);

    assertThat(reports.millis()).isEqualTo(Map.of("server", 60L, "application", 90L));
  }

  @Test
  void applicationThatIsSlowToTakeTheEnd() {
    ManualExecutor busy = new ManualExecutor();
    executor = busy;
    Http2Peer peer = connected();
    unary(CallOptions.DEFAULT);
    advance(10);
    peer.answers(1);
    advance(90);
    busy.runAll();

    assertThat(reports.millis()).isEqualTo(Map.of("server", 10L, "application", 90L));
    assertTotals(Map.of(WaitCause.SERVER, 10L, WaitCause.APPLICATION, 90L));
  }

  @Test
  void cancelOfACallWhoseStreamHasEndedChangesNoTimes() {
    ManualExecutor busy = new ManualExecutor();
    executor = busy;
    Http2Peer peer = connected();
    ClientCall<byte[], byte[]> call = unary(CallOptions.DEFAULT);
    advance(10);
    peer.answers(1);
    advance(90);
    cancel(call);
    advance(5);
    busy.runAll();

    assertThat(reports.millis()).isEqualTo(Map.of("server", 10L, "application", 95L));
    assertTotals(Map.of(WaitCause.SERVER, 10L, WaitCause.APPLICATION, 95L));
  }

  @Test
  void applicationThatTakesSecondsToHalfClose() {
    Http2Peer peer = connected();
    ClientCall<byte[], byte[]> call = start("a/B", MethodType.UNARY, CallOptions.DEFAULT, 10);
    advance(3_000);
    call.halfClose();
    loop.run();
    advance(10);
    peer.answers(1);

    assertThat(reports.millis()).isEqualTo(Map.of("application", 3_000L, "server", 10L));
    assertTotals(Map.of(WaitCause.APPLICATION, 3_000L, WaitCause.SERVER, 10L));
  }

  @Test
  void eventLoopThatTakesSecondsToSend() {
    Http2Peer peer = connected();
    start("a/B", MethodType.UNARY, CallOptions.DEFAULT, 10).halfClose();
    loop.pass(Duration.ofSeconds(3));
    loop.run();
    advance(10);
    peer.answers(1);

    assertThat(reports.millis()).isEqualTo(Map.of("turn", 3_000L, "server", 10L));
    assertTotals(Map.of(WaitCause.TURN, 3_000L, WaitCause.SERVER, 10L));
  }

  @Test
  void applicationThatIsSlowBetweenMessages() {
    ManualExecutor busy = new ManualExecutor();
    executor = busy;
    Http2Peer peer = connected();
    start("a/B", MethodType.SERVER_STREAMING, CallOptions.DEFAULT, 10).halfClose();
    loop.run();
    advance(10);
    peer.sendsHeaders(1).sendsMessage(1, bytes("one"));
    advance(400);
    busy.runAll();
    advance(50);
    peer.sendsMessage(1, bytes("two"));
    busy.runAll();
    advance(40);
    peer.sendsTrailers(1);
    busy.runAll();

    assertThat(reports.millis()).isEqualTo(Map.of("server", 100L, "application", 400L));
    assertTotals(Map.of(WaitCause.SERVER, 100L, WaitCause.APPLICATION, 400L));
  }

  @Test
  void serverThatIsSlowBetweenMessages() {
    Http2Peer peer = connected();
    start("a/B", MethodType.SERVER_STREAMING, CallOptions.DEFAULT, 10).halfClose();
    loop.run();
    advance(10);
    peer.sendsHeaders(1).sendsMessage(1, bytes("one"));
    advance(400);
    peer.sendsMessage(1, bytes("two"));
    advance(90);
    peer.sendsTrailers(1);

    assertThat(reports.millis()).isEqualTo(Map.of("server", 500L));
    assertTotals(Map.of(WaitCause.SERVER, 500L));
  }

  @Test
  void applicationThatIsSlowToTakeTheEndOfACallWithoutAStream() {
    ManualExecutor busy = new ManualExecutor();
    executor = busy;
    fakes.withoutLookUp();
    ClientCall<byte[], byte[]> call = unary(CallOptions.DEFAULT);
    advance(60);
    cancel(call);
    advance(90);
    busy.runAll();

    assertThat(reports.millis()).isEqualTo(Map.of("name_resolution", 60L, "application", 90L));
    assertTotals(Map.of(WaitCause.NAME_RESOLUTION, 60L, WaitCause.APPLICATION, 90L));
  }

  @Test
  void applicationThatIsSlowToTakeTheEndOfACallWithoutServiceConfig() {
    ManualExecutor busy = new ManualExecutor();
    executor = busy;
    ClientCall<byte[], byte[]> call = unary(CallOptions.DEFAULT);
    advance(60);
    cancel(call);
    advance(90);
    busy.runAll();

    assertThat(reports.millis()).isEqualTo(Map.of("name_resolution", 60L, "application", 90L));
    assertTotals(Map.of(WaitCause.NAME_RESOLUTION, 60L, WaitCause.APPLICATION, 90L));
  }

  // The end

  @Test
  void cancelOfAStreamSaysWhereTheTimeWent() {
    connected();
    ClientCall<byte[], byte[]> call = unary(CallOptions.DEFAULT);
    advance(70);
    cancel(call);

    assertThat(description())
        .isEqualTo("enough [waited for the server's response; 70 ms server; 1 attempt]");
  }

  @Test
  void unreportedCancelSaysWhereTheTimeOfItsStreamWent() {
    connected();
    fakes.reportListeners.clear();
    channel = null;
    reports.all.clear();
    // Another channel over no report listener.
    ChannelThreads threads =
        new ChannelThreads(Runnable::run, Runnable::run, loop, loop.ticker()::nanoTime, () -> {});
    channel = CallChannel.create(Objects.requireNonNull(control), fakes.options(), threads);
    ClientCall<byte[], byte[]> call = unary(CallOptions.DEFAULT);
    advance(70);
    cancel(call);

    assertThat(description())
        .isEqualTo("enough [waited for the server's response; 70 ms server; 1 attempt]");
    assertThat(reports.all).isEmpty();
  }

  @Conforms("C059")
  @Test
  void shutdownNowReportsACallThatWaits() {
    channel();
    unary(CallOptions.DEFAULT);
    advance(60);
    ChannelCore core = Objects.requireNonNull(control);
    core.latch().beginNow();
    core.execute(core::shutdownNow);

    assertThat(reports.only().status()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(reports.millis()).isEqualTo(Map.of("name_resolution", 60L));
    unary(CallOptions.DEFAULT);
    assertThat(reports.all).hasSize(2);
    assertThat(reports.all.get(1).durationNanos()).isZero();
  }

  @Test
  void listenerThatThrowsHarmsNoCallAndIsCalledOnce() {
    List<CallReport> seen = new ArrayList<>();
    fakes.reportListeners.add(report -> {
      seen.add(report);
      throw new AssertionError("bug");
    });
    Http2Peer peer = connected();
    unary(CallOptions.DEFAULT.withOption(CallReport.LISTENER, report -> {
      throw new StackOverflowError("bug");
    }));
    peer.answers(1);
    unary(CallOptions.DEFAULT);
    peer.answers(3);

    assertThat(listener.statuses)
        .extracting(Status::getCode)
        .containsExactly(Status.Code.OK, Status.Code.OK);
    assertThat(seen).hasSize(1);
    assertThat(reports.all).hasSize(2);
  }

  @Test
  void listenerOfOneCallIsNotifiedBeforeItsEnd() {
    List<Integer> endsBefore = new ArrayList<>();
    Http2Peer peer = connected();
    unary(CallOptions.DEFAULT.withOption(
        CallReport.LISTENER, report -> endsBefore.add(listener.statuses.size())));
    peer.answers(1);

    assertThat(endsBefore).containsExactly(0);
    assertThat(listener.statuses).hasSize(1);
  }

  // Calls

  private ClientCall<byte[], byte[]> hedged() {
    ClientCall<byte[], byte[]> call = start("hedged/M", MethodType.UNARY, CallOptions.DEFAULT, 10);
    call.halfClose();
    loop.run();
    return call;
  }

  // What they say

  /** The only call has waited for one cause until its deadline, give or take the timer's tick. */
  private void assertCutOff(String waitedFor) {
    assertCutOff(waitedFor, 1);
  }

  private void assertCutOff(String waitedFor, int attempts) {
    assertCutOff(waitedFor, attempts, 0);
  }

  private void assertCutOff(String waitedFor, int attempts, int before) {
    assertThat(description()).contains("[waited for " + waitedFor);
    assertThat(description()).contains(attempts == 1 ? "; 1 attempt]" : "; 0 attempts]");
    long duration = Duration.ofNanos(reports.only().durationNanos()).toMillis();
    assertThat(duration).isBetween(1_000L, 1_005L);
    assertThat(description()).contains("; " + (duration - before) + " ms ");
  }

  private void assertOnly(WaitCause cause, long millis) {
    assertThat(reports.millis()).isEqualTo(Map.of(cause.id(), millis));
    assertTotals(Map.of(cause, millis));
  }
}
