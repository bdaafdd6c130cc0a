// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.channel.CallChannel;
import dev.clientconn.internal.channel.ChannelConfiguration;
import dev.clientconn.internal.channel.ChannelCore;
import dev.clientconn.internal.channel.ChannelHarness;
import dev.clientconn.internal.channel.ChannelOptions;
import dev.clientconn.internal.channel.ChannelRecorder;
import dev.clientconn.internal.channel.Reconfiguration;
import dev.clientconn.internal.concurrent.ChannelThreads;
import dev.clientconn.testing.ByteMethods;
import dev.clientconn.testing.ManualLoop;
import dev.clientconn.testing.RecordingReports;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.netty.handler.codec.http2.Http2Error;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * In every state of a call, every event that can end calls ends it exactly once, whatever follows;
 * the channel then terminates and leaves no stream, timer or buffer behind. A whole channel over
 * scripted peers, with frozen time.
 */
class EveryStateTest {

  private static final Duration DEADLINE = Duration.ofSeconds(5);

  /** A deadline may be seen late by a tick of the wheel or of the calls that are not sent. */
  private static final Duration LATE = Duration.ofMillis(200);

  /** The policies have a status of their own, so that they do not repeat what the events cause. */
  private static final Map<String, ?> CONFIG = Map.of(
      "methodConfig",
      List.of(
          Map.of(
              "name",
              List.of(Map.of("service", "pkg.Hedged")),
              "hedgingPolicy",
              Map.of(
                  "maxAttempts",
                  3.0,
                  "hedgingDelay",
                  "1s",
                  "nonFatalStatusCodes",
                  List.of("ABORTED"))),
          Map.of(
              "name",
              List.of(Map.of()),
              "retryPolicy",
              Map.of(
                  "maxAttempts",
                  3.0,
                  "initialBackoff",
                  "1s",
                  "maxBackoff",
                  "1s",
                  "backoffMultiplier",
                  1.0,
                  "retryableStatusCodes",
                  List.of("ABORTED")))));

  private static final Duration HEDGING_DELAY = Duration.ofSeconds(1);
  private static final Duration BACKOFF = Duration.ofSeconds(1);
  private static final Duration LONG_BACKOFF = Duration.ofSeconds(10);

  /** What a call waits for. */
  enum State {
    HALF_CLOSE,
    SERVICE_CONFIG,
    CONNECTION,
    CREDENTIALS,
    SLOT,
    CONNECTION_FOR_A_RETRY,
    CREDENTIALS_FOR_A_RETRY,
    RETRY_BACKOFF,
    CONNECTION_AFTER_A_BACKOFF,
    RESPONSE_AFTER_A_BACKOFF,
    HEDGES_WITHOUT_CONNECTION,
    HEDGES_WITHOUT_CREDENTIALS,
    HEDGES_WITHOUT_RESPONSE,
    NEXT_HEDGE,
    REST_OF_A_HEDGE,
    RESPONSE,
    REST_OF_THE_RESPONSE;

    boolean isHedged() {
      return this == NEXT_HEDGE || name().contains("HEDGE");
    }
  }

  enum Event {
    NONE(null),
    DEADLINE(Code.DEADLINE_EXCEEDED),
    DEADLINE_OF_THE_CONTEXT(Code.DEADLINE_EXCEEDED),
    CONTEXT_CANCELLED(Code.CANCELLED),
    CANCEL(Code.CANCELLED),
    SHUTDOWN(null),
    SHUTDOWN_NOW(Code.UNAVAILABLE),
    CONNECTION_LOST(null),
    RECONFIGURED(null),
    RECONFIGURED_TWICE(null);

    private final @Nullable Code code;

    Event(@Nullable Code code) {
      this.code = code;
    }

    /** How a call in that state ends, or {@code null} if it continues. */
    @Nullable
    Code ends(State state) {
      if (this != CONNECTION_LOST) {
        return code;
      }
      return switch (state) {
        // It has not been sent, so it is sent on another connection.
        case HALF_CLOSE,
            SERVICE_CONFIG,
            CREDENTIALS,
            CREDENTIALS_FOR_A_RETRY,
            SLOT,
            RETRY_BACKOFF,
            HEDGES_WITHOUT_CREDENTIALS,
            NEXT_HEDGE -> null;
        case CONNECTION,
            HEDGES_WITHOUT_CONNECTION,
            HEDGES_WITHOUT_RESPONSE,
            REST_OF_A_HEDGE,
            CONNECTION_FOR_A_RETRY,
            CONNECTION_AFTER_A_BACKOFF,
            RESPONSE_AFTER_A_BACKOFF,
            RESPONSE,
            REST_OF_THE_RESPONSE -> Code.UNAVAILABLE;
      };
    }
  }

  private final ManualLoop loop = new ManualLoop();
  private final PeerConnector peers = new PeerConnector(loop);
  private final ChannelHarness fakes = new ChannelHarness();
  private ChannelCore control = newControl(fakes.options());
  private Channel channel = newChannel(fakes.options());
  private final SlowCredentials credentials = new SlowCredentials();
  private final Closed listener = new Closed();
  private final RecordingReports reports = new RecordingReports();
  private boolean released;

  private ChannelThreads threads() {
    return new ChannelThreads(
        Runnable::run, Runnable::run, loop, loop.ticker()::nanoTime, () -> released = true);
  }

  private ChannelCore newControl(ChannelOptions options) {
    return new ChannelCore(options, threads(), peers, () -> 0.5, new ChannelRecorder());
  }

  private Channel newChannel(ChannelOptions options) {
    return CallChannel.create(control, options, threads());
  }

  static Stream<Arguments> matrix() {
    return Stream.of(MethodDescriptor.MethodType.UNARY, MethodDescriptor.MethodType.BIDI_STREAMING)
        .flatMap(type -> Stream.of(State.values())
            .filter(state -> state != State.HALF_CLOSE || type.clientSendsOneMessage())
            .flatMap(state -> Stream.of(Event.values())
                .filter(event -> event != Event.CONNECTION_LOST || state != State.SERVICE_CONFIG)
                .flatMap(event -> Stream.of(
                    Arguments.of(type, state, event, 1), Arguments.of(type, state, event, 2)))));
  }

  @Conforms("T153")
  @ParameterizedTest
  @MethodSource("matrix")
  void everyCallEndsOnceAndLeavesNothing(
      MethodDescriptor.MethodType type, State state, Event event, int connections) {
    fakes.reportListeners.add(reports);
    control = newControl(fakes.options());
    channel = newChannel(fakes.options());
    if (connections > 1) {
      // A call that waits for a slot does so in its subchannel, while another connection is dialed.
      ChannelOptions options = fakes.maxConnections(connections).options();
      control = newControl(options);
      channel = newChannel(options);
    }
    Context.CancellableContext context = event == Event.DEADLINE_OF_THE_CONTEXT
        ? Context.current().withDeadline(deadline(), loop)
        : Context.current().withCancellation();
    CallOptions options = event == Event.DEADLINE_OF_THE_CONTEXT
        ? CallOptions.DEFAULT
        : CallOptions.DEFAULT.withDeadline(deadline());
    ClientCall<byte[], byte[]> call = reach(state, type, context, options, event);
    assertThat(listener.statuses).isEmpty();

    happens(event, state, call, context);
    Code end = event.ends(state);
    assertThat(listener.codes()).isEqualTo(end == null ? List.of() : List.of(end));
    if (event == Event.SHUTDOWN_NOW) {
      assertThat(listener.statuses.get(0).getDescription()).contains("shutdownNow");
      assertThat(control.latch().isTerminated()).isTrue();
    }

    goOn(state, type, call);
    assertThat(listener.codes()).containsExactly(end == null ? Code.OK : end);

    context.cancel(null);
    shutdownNow();
    assertThat(listener.statuses).hasSize(1);
    assertThat(control.latch().isTerminated()).isTrue();
    assertThat(released).isTrue();
    assertThat(reports.only().status()).isEqualTo(listener.codes().get(0));
    assertThat(control.waitingCalls()).isZero();
    peers.all.forEach(Http2Peer::verify);
    assertThat(loop.isQuiet()).as("no timer is left").isTrue();
  }

  // ---- Into the state

  private ClientCall<byte[], byte[]> reach(
      State state,
      MethodDescriptor.MethodType type,
      Context context,
      CallOptions options,
      Event event) {
    CallOptions own = options;
    switch (state) {
      case SERVICE_CONFIG, CONNECTION -> {}
      case SLOT -> connect(0);
      case HEDGES_WITHOUT_CONNECTION -> {
        control.execute(control::requestConnection);
        fakes.resolver.send(CONFIG, 1);
      }
      case CREDENTIALS, CREDENTIALS_FOR_A_RETRY, HEDGES_WITHOUT_CREDENTIALS -> {
        connect(100);
        own = options.withCallCredentials(credentials);
      }
      default -> connect(100);
    }
    ClientCall<byte[], byte[]> call = start(state, type, context, own);
    switch (state) {
      case CONNECTION -> fakes.resolver.send(CONFIG, 1);
      case CONNECTION_FOR_A_RETRY -> refuse();
      case CREDENTIALS_FOR_A_RETRY -> {
        credentials.answer();
        loop.run();
        refuse();
        peers.last().sendsSettings(s -> {});
        assertThat(credentials.waiting).hasSize(1);
      }
      case RETRY_BACKOFF -> abort(event.code == Code.DEADLINE_EXCEEDED ? LONG_BACKOFF : BACKOFF);
      case CONNECTION_AFTER_A_BACKOFF -> {
        abort(BACKOFF);
        peers.last().breaks();
        loop.advance(BACKOFF);
        assertThat(peers.all).hasSize(2);
      }
      case RESPONSE_AFTER_A_BACKOFF -> {
        abort(BACKOFF);
        loop.advance(BACKOFF);
        assertThat(peers.last().table.active()).isOne();
      }
      case HEDGES_WITHOUT_CONNECTION -> {
        loop.advance(HEDGING_DELAY);
        assertThat(control.waitingCalls()).isEqualTo(2);
      }
      case HEDGES_WITHOUT_CREDENTIALS -> {
        loop.advance(HEDGING_DELAY);
        assertThat(credentials.waiting).hasSize(2);
      }
      case HEDGES_WITHOUT_RESPONSE, REST_OF_A_HEDGE -> {
        loop.advance(HEDGING_DELAY);
        assertThat(peers.last().table.active()).isEqualTo(2);
        if (state == State.REST_OF_A_HEDGE) {
          peers.last().sendsHeaders(3);
          assertThat(peers.last().table.active()).isOne();
        }
      }
      case NEXT_HEDGE -> abort(event.code == Code.DEADLINE_EXCEEDED ? LONG_BACKOFF : BACKOFF);
      case REST_OF_THE_RESPONSE -> peers.last().sendsHeaders(1);
      default -> {}
    }
    loop.run();
    return call;
  }

  private void connect(long streams) {
    control.execute(control::requestConnection);
    fakes.resolver.send(CONFIG, 1);
    peers.last().sendsSettings(s -> s.maxConcurrentStreams(streams));
  }

  private ClientCall<byte[], byte[]> start(
      State state, MethodDescriptor.MethodType type, Context context, CallOptions options) {
    List<ClientCall<byte[], byte[]>> made = new ArrayList<>();
    MethodDescriptor<byte[], byte[]> method =
        ByteMethods.unary(state.isHedged() ? "pkg.Hedged/Hello" : "pkg.Greeter/Hello").toBuilder()
            .setType(type)
            .build();
    context.run(() -> {
      ClientCall<byte[], byte[]> call = channel.newCall(method, options);
      made.add(call);
      call.start(listener, new Metadata());
      call.request(2);
      call.sendMessage(Http2Peer.bytes("hello"));
      if (type.clientSendsOneMessage() && state != State.HALF_CLOSE) {
        call.halfClose();
      }
    });
    loop.run();
    return made.get(0);
  }

  /**
   * The peer has not looked at the call: it may leave again on another connection, which does not
   * answer yet.
   */
  private void refuse() {
    peers.last().sendsGoAway(0, Http2Error.NO_ERROR, "");
    assertThat(peers.all).hasSize(2);
  }

  /** The server asks for a retry after that time. */
  private void abort(Duration backoff) {
    String millis = Long.toString(backoff.toMillis());
    peers
        .last()
        .sendsHeaders(
            1,
            true,
            ":status",
            "200",
            "content-type",
            "application/grpc",
            "grpc-status",
            "10",
            "grpc-retry-pushback-ms",
            millis);
    loop.run();
    assertThat(peers.last().table.active()).isZero();
  }

  private Deadline deadline() {
    return Deadline.after(DEADLINE.toNanos(), TimeUnit.NANOSECONDS, new Deadline.Ticker() {
      @Override
      public long nanoTime() {
        return loop.ticker().nanoTime();
      }
    });
  }

  // ---- The event

  private void happens(
      Event event,
      State state,
      ClientCall<byte[], byte[]> call,
      Context.CancellableContext context) {
    switch (event) {
      case NONE -> {}
      case DEADLINE, DEADLINE_OF_THE_CONTEXT -> loop.advance(DEADLINE.plus(LATE));
      case CONTEXT_CANCELLED -> context.cancel(new IllegalStateException("gone"));
      case CANCEL -> call.cancel("enough", null);
      case SHUTDOWN -> {
        control.latch().begin();
        control.execute(control::shutdown);
      }
      case SHUTDOWN_NOW -> shutdownNow();
      case RECONFIGURED -> {
        reconfigure();
        fakes.resolver.send(CONFIG, 1);
        peers.last().sendsSettings(s -> s.maxConcurrentStreams(100));
      }
      case RECONFIGURED_TWICE -> {
        reconfigure();
        fakes.resolver.send(CONFIG, 1);
        reconfigure();
        fakes.resolver.send(CONFIG, 1);
        peers.last().sendsSettings(s -> s.maxConcurrentStreams(100));
      }
      case CONNECTION_LOST -> (state == State.SLOT ? peers.all.get(0) : peers.last()).breaks();
    }
    loop.run();
  }

  private void reconfigure() {
    channel = Reconfiguration.apply(
        control,
        new ChannelConfiguration(
            fakes.options(), () -> peers, this::threadsOfAnotherConfiguration, new Object()));
    loop.run();
  }

  /** Only its executors are used, and it is released at once. */
  private ChannelThreads threadsOfAnotherConfiguration() {
    ChannelThreads own = threads();
    return new ChannelThreads(
        own.executor(), own.offloadExecutor(), own.timers(), own.nanoTime(), () -> {});
  }

  private void shutdownNow() {
    control.latch().beginNow();
    control.execute(control::shutdownNow);
    loop.run();
  }

  // ---- Everything that the call waits for comes, be it too late

  private void goOn(
      State state, MethodDescriptor.MethodType type, ClientCall<byte[], byte[]> call) {
    if (state == State.SERVICE_CONFIG && listener.statuses.isEmpty()) {
      fakes.resolver.send(CONFIG, 1);
    }
    if (listener.statuses.isEmpty()
        && (!type.clientSendsOneMessage() || state == State.HALF_CLOSE)) {
      call.halfClose();
    }
    if (state == State.RETRY_BACKOFF || state == State.NEXT_HEDGE) {
      loop.advance(listener.statuses.isEmpty() ? BACKOFF : LONG_BACKOFF);
    }
    // Twice: where the credentials found their connection gone, there is another one to wait for.
    for (int i = 0; i < 2; i++) {
      credentials.answer();
      loop.run();
      if (!peers.all.isEmpty()) {
        peers.last().sendsSettings(s -> s.maxConcurrentStreams(100));
      }
    }
    // A call that has a stream ends on its connection, though there may be a newer one.
    peers.all.stream().filter(peer -> peer.table.active() > 0).findFirst().ifPresent(peer -> {
      int id = peer.table.newestId();
      if (state != State.REST_OF_THE_RESPONSE && state != State.REST_OF_A_HEDGE) {
        peer.sendsHeaders(id);
      }
      peer.sendsMessage(id, Http2Peer.bytes("answer")).sendsTrailers(id);
    });
  }

  private static final class Closed extends ClientCall.Listener<byte[]> {
    private final List<Status> statuses = new ArrayList<>();

    @Override
    public void onClose(Status status, Metadata trailers) {
      statuses.add(status);
    }

    List<Code> codes() {
      return statuses.stream().map(Status::getCode).toList();
    }
  }
}
