// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.channel.CallChannel;
import dev.clientconn.internal.channel.ChannelCore;
import dev.clientconn.internal.channel.ChannelHarness;
import dev.clientconn.internal.channel.ChannelRecorder;
import dev.clientconn.internal.concurrent.ChannelThreads;
import dev.clientconn.internal.transport.ChannelWaits;
import dev.clientconn.testing.ByteMethods;
import dev.clientconn.testing.ManualLoop;
import dev.clientconn.testing.RecordingReports;
import dev.clientconn.transport.WaitCause;
import dev.clientconn.transport.WaitTotal;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Makes calls to a scripted peer in frozen time, and reads what they have waited for. */
abstract class WaitFixture {
  final ManualLoop loop = new ManualLoop();
  final PeerConnector peers = new PeerConnector(loop);
  final ChannelHarness fakes = new ChannelHarness();
  final ChannelRecorder recorder = new ChannelRecorder();
  final ChannelWaits waits = recorder.waits();
  final RecordingReports reports = new RecordingReports();
  final Closed listener = new Closed();
  Map<String, ?> serviceConfig = retries("0.1s");
  Executor executor = Runnable::run;

  @Nullable
  ChannelCore control;

  @Nullable
  Channel channel;

  Channel channel() {
    if (channel == null) {
      fakes.reportListeners.add(reports);
      ChannelThreads threads = new ChannelThreads(
          task -> executor.execute(task), Runnable::run, loop, loop.ticker()::nanoTime, () -> {});
      control = new ChannelCore(fakes.options(), threads, peers, () -> 0.5, recorder);
      channel = CallChannel.create(control, fakes.options(), threads);
    }
    return channel;
  }

  /** Has addresses; the server of the first one has not sent its SETTINGS. */
  void resolved() {
    channel();
    ChannelCore core = Objects.requireNonNull(control);
    core.execute(core::requestConnection);
    fakes.resolver.send(serviceConfig, 1);
  }

  Http2Peer connected() {
    resolved();
    peers.last().sendsSettings(s -> s.maxConcurrentStreams(100));
    return peers.last();
  }

  /** Repeats calls of the service {@code retried} that end with ABORTED. */
  static Map<String, ?> retries(String backoff) {
    return Map.of(
        "methodConfig",
        List.of(Map.of(
            "name",
            List.of(Map.of("service", "retried")),
            "retryPolicy",
            Map.of(
                "maxAttempts",
                3.0,
                "initialBackoff",
                backoff,
                "maxBackoff",
                backoff,
                "backoffMultiplier",
                1.0,
                "retryableStatusCodes",
                List.of("ABORTED")))));
  }

  // Calls

  ClientCall<byte[], byte[]> unary(CallOptions options) {
    return unary(options, 10);
  }

  ClientCall<byte[], byte[]> unary(CallOptions options, int size) {
    ClientCall<byte[], byte[]> call = start("a/B", MethodType.UNARY, options, size);
    call.halfClose();
    loop.run();
    return call;
  }

  ClientCall<byte[], byte[]> start(String method, MethodType type, CallOptions options, int size) {
    ClientCall<byte[], byte[]> call = channel().newCall(ByteMethods.of(type, method), options);
    call.start(listener, new Metadata());
    call.request(2);
    if (type != MethodType.CLIENT_STREAMING) {
      call.sendMessage(new byte[size]);
    }
    loop.run();
    return call;
  }

  void cancel(ClientCall<byte[], byte[]> call) {
    call.cancel("enough", null);
    loop.run();
  }

  static void abort(Http2Peer peer, int id) {
    peer.sendsHeaders(
        id, true, ":status", "200", "content-type", "application/grpc", "grpc-status", "10");
  }

  CallOptions inOneSecond() {
    return CallOptions.DEFAULT.withDeadline(
        Deadline.after(1, TimeUnit.SECONDS, new Deadline.Ticker() {
          @Override
          public long nanoTime() {
            return loop.ticker().nanoTime();
          }
        }));
  }

  void advance(int millis) {
    loop.advance(Duration.ofMillis(millis));
  }

  // What they say

  String description() {
    assertThat(listener.statuses).hasSize(1);
    return String.valueOf(listener.statuses.get(0).getDescription());
  }

  void assertTotals(Map<WaitCause, Long> millis) {
    for (WaitCause cause : WaitCause.values()) {
      assertThat(Duration.ofNanos(total(cause).nanos()).toMillis())
          .as(cause.id())
          .isEqualTo(millis.getOrDefault(cause, 0L));
    }
  }

  WaitTotal total(WaitCause cause) {
    return Objects.requireNonNull(waits.snapshot(loop.ticker().nanoTime()).get(cause));
  }

  static final class Closed extends ClientCall.Listener<byte[]> {
    final List<Status> statuses = new ArrayList<>();

    @Override
    public void onClose(Status status, Metadata trailers) {
      statuses.add(status);
    }
  }
}
