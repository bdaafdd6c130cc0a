// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.call.RetainedBytes;
import dev.clientconn.internal.call.RetryBufferLimit;
import dev.clientconn.internal.call.RetryOptions;
import dev.clientconn.internal.channel.CallChannel;
import dev.clientconn.internal.channel.ChannelConfiguration;
import dev.clientconn.internal.channel.ChannelCore;
import dev.clientconn.internal.channel.ChannelHarness;
import dev.clientconn.internal.channel.ChannelOptions;
import dev.clientconn.internal.channel.ChannelRecorder;
import dev.clientconn.internal.channel.ConnectionOptions;
import dev.clientconn.internal.channel.Reconfiguration;
import dev.clientconn.internal.channel.ScalingOptions;
import dev.clientconn.internal.concurrent.ChannelThreads;
import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.transport.ChannelWaits;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.internal.transport.TlsVersion;
import dev.clientconn.internal.transport.TransportConnector;
import dev.clientconn.testing.ByteMethods;
import dev.clientconn.testing.ManualLoop;
import dev.clientconn.testing.RecordingReports;
import dev.clientconn.transport.TransportListener;
import dev.clientconn.transport.TransportSnapshot;
import dev.clientconn.transport.WaitCause;
import dev.clientconn.transport.WaitTotal;
import io.grpc.Attributes;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs one random history of a whole channel with frozen time: calls of all types with retry and
 * hedging policies, over two addresses whose scripted peers respond, fail, refuse, change the
 * number of slots, drain and break. Credentials respond late or fail, TLS material changes, and
 * connections and requests reach small limits. Everything follows from the seed.
 */
final class ChannelHistory {
  private static final int STEPS = 60;
  private static final int MAX_CALLS = 8;
  private static final String[] CODES = {"14", "14", "10", "13", "8"};
  private static final String[] PUSHBACKS = {"0", "5", "700", "-1", "soon"};

  private final Random random;
  private final List<String> log = new ArrayList<>();
  private final ManualLoop loop = new ManualLoop();
  private final Peers peers = new Peers();
  private final ChannelHarness fakes = new ChannelHarness();
  private final ChannelCore control;
  private final ChannelThreads threads;
  private Channel channel;
  private final List<Call> calls = new ArrayList<>();
  private final List<Runnable> credentials = new ArrayList<>();
  private boolean finishing;
  /** Resolvers that have a result since the end of the history. */
  private int resolved;

  private boolean shutdown;
  private boolean released;

  private final ChannelRecorder recorder = new ChannelRecorder();
  private final ChannelWaits waits = recorder.waits();
  private final RecordingReports reports = new RecordingReports();

  ChannelHistory(long seed) {
    random = new Random(seed);
    fakes.reportListeners.add(reports);
    ChannelOptions options = withRandomLimits(fakes.options());
    threads = new ChannelThreads(
        Runnable::run, Runnable::run, loop, loop.ticker()::nanoTime, () -> released = true);
    control = new ChannelCore(options, threads, peers, random::nextDouble, recorder);
    channel = CallChannel.create(control, options, threads);
  }

  /** Small limits, so that calls and connections reach them. */
  private ChannelOptions withRandomLimits(ChannelOptions of) {
    long maxAge = chance(3) ? millis(200 + random.nextInt(3_000)) : 0;
    ScalingOptions scaling = new ScalingOptions(
        chance(3) ? 3 : null,
        chance(4) ? 2 : 1_000,
        chance(4) ? millis(100 + random.nextInt(1_000)) : 0,
        millis(400 + random.nextInt(5_000)),
        TransportListener.NONE);
    RetryOptions retries = chance(3)
        ? new RetryOptions(true, 5, 5, new RetryBufferLimit.Limits(2_000, 30_000))
        : of.retries();
    return new ChannelOptions(
        of.target(),
        of.authorityOverride(),
        of.credentials(),
        chance(3) ? new RandomCredentials() : null,
        of.defaultPort(),
        of.serviceConfigParser(),
        of.defaultServiceConfig(),
        of.lookUpServiceConfig(),
        chance(4) ? millis(1_000) : 0,
        new ConnectionOptions(maxAge, millis(100 + random.nextInt(1_000))),
        scaling,
        of.resolution(),
        of.maxInboundMessageSize(),
        retries,
        of.compressors(),
        of.decompressors(),
        of.interceptors(),
        of.binaryLog(),
        of.metrics(),
        of.proxyDetector(),
        of.resolvers(),
        of.resolverArgs(),
        of.policyChannels(),
        of.reportListeners());
  }

  private static long millis(int millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** Responds at once, later or, until the end of the history, not at all; may fail. */
  private final class RandomCredentials extends CallCredentials {
    @Override
    public void applyRequestMetadata(RequestInfo of, Executor executor, MetadataApplier applier) {
      boolean fails = !finishing && chance(8);
      Runnable response = () -> {
        if (fails) {
          applier.fail(Status.UNAVAILABLE.withDescription("no token"));
        } else {
          applier.apply(new Metadata());
        }
      };
      if (finishing || chance(2)) {
        response.run();
      } else {
        credentials.add(response);
      }
    }
  }

  private void applyCredentials() {
    if (!credentials.isEmpty()) {
      note("credentials respond");
      credentials.remove(random.nextInt(credentials.size())).run();
    }
  }

  private void changeChannel() {
    switch (random.nextInt(8)) {
      case 6, 7 -> reconfigure();
      case 0 -> {
        note("enterIdle");
        control.execute(control::enterIdle);
      }
      case 1 -> {
        note("resetBackoff");
        control.execute(control::resetBackoff);
      }
      case 2, 3 -> {
        note("new TLS material");
        peers.changeTls();
      }
      default -> applyCredentials();
    }
  }

  /** What happened, one step a line. */
  String log() {
    return String.join("\n", log);
  }

  void run() {
    control.execute(control::requestConnection);
    resolve();
    for (int i = 0; i < STEPS; i++) {
      step();
      loop.run();
      peers.all.forEach(SimulatedPeer::readFrames);
    }
    if (chance(8)) {
      note("shutdownNow");
      shutdown = true;
      control.latch().beginNow();
      control.execute(control::shutdownNow);
      loop.run();
      // What has arrived is still delivered.
      calls.forEach(call -> call.request(1_000));
      assertThat(calls).as("shutdownNow ends all calls").allMatch(Call::isClosed);
    } else {
      finish();
      probeSlots();
    }
    endChannel();
  }

  /** With other limits, and over other connections. */
  private void reconfigure() {
    note("reconfigure");
    ChannelThreads others = new ChannelThreads(
        threads.executor(), threads.offloadExecutor(), loop, loop.ticker()::nanoTime, () -> {});
    channel = Reconfiguration.apply(
        control,
        new ChannelConfiguration(
            withRandomLimits(fakes.options()), () -> peers, () -> others, new Object()));
  }

  private boolean chance(int oneIn) {
    return random.nextInt(oneIn) == 0;
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private void note(String step) {
    log.add(TimeUnit.NANOSECONDS.toMillis(loop.ticker().nanoTime()) + " ms: " + step);
  }

  // ---- Steps

  private void step() {
    switch (random.nextInt(26)) {
      case 0, 1, 2 -> startCall();
      case 3, 4 -> withOpenCall(call -> !call.halfClosed, Call::write);
      case 5 -> withOpenCall(call -> !call.halfClosed, Call::halfClose);
      case 6 -> withOpenCall(call -> true, call -> call.request(1 + random.nextInt(3)));
      case 7 -> withOpenCall(call -> chance(3), Call::cancel);
      case 8, 9, 10 -> advance(random.nextInt(chance(4) ? 2_000 : 120));
      case 11, 12 -> withPeer(peer -> peer.settings(chance(3) ? 100 : random.nextInt(4)));
      case 13, 14, 15, 16, 17, 18 -> withPeer(SimulatedPeer::actOnStream);
      case 19 -> withPeer(SimulatedPeer::endConnection);
      case 20 -> {
        if (chance(3)) {
          resolve();
        }
      }
      case 21, 22 -> changeChannel();
      case 23, 24 -> applyCredentials();
      default -> withPeer(SimulatedPeer::credit);
    }
  }

  private void startCall() {
    if (calls.size() < MAX_CALLS) {
      Call call = new Call(calls.size());
      calls.add(call);
      call.start();
    }
  }

  private void withOpenCall(Predicate<Call> choice, java.util.function.Consumer<Call> action) {
    List<Call> open =
        calls.stream().filter(call -> !call.isOver() && choice.test(call)).toList();
    if (!open.isEmpty()) {
      action.accept(any(open));
    }
  }

  private void withPeer(java.util.function.Consumer<SimulatedPeer> action) {
    List<SimulatedPeer> alive = peers.alive();
    if (!alive.isEmpty()) {
      action.accept(any(alive));
    }
  }

  private void advance(int millis) {
    note("time passes: " + millis + " ms");
    loop.advance(Duration.ofMillis(millis));
  }

  private void resolve() {
    if (shutdown || !isResolving()) {
      return;
    }
    int addresses = 1 + random.nextInt(2);
    note("resolved: " + addresses);
    if (chance(6)) {
      fakes.resolver.last().fail("DNS");
    } else if (addresses == 1) {
      fakes.resolver.send(config(), 1);
    } else {
      fakes.resolver.send(config(), 1, 2);
    }
  }

  /** A channel that is idle may have a resolver that was not started yet. */
  private boolean isResolving() {
    return !fakes.resolver.resolvers.isEmpty() && fakes.resolver.last().started;
  }

  /** A channel that was idle or reconfigured has a new resolver, which has sent nothing yet. */
  private void resolveIfNew() {
    int resolvers = fakes.resolver.resolvers.size();
    if (resolvers != resolved && isResolving()) {
      resolved = resolvers;
      fakes.resolver.send(config(), 1, 2);
    }
  }

  private Map<String, ?> config() {
    Map<String, Object> config = new HashMap<>();
    config.put(
        "loadBalancingConfig",
        List.of(Map.of(random.nextBoolean() ? "round_robin" : "pick_first", Map.of())));
    if (random.nextBoolean()) {
      config.put("connectionScaling", Map.of("maxConnectionsPerSubchannel", 2.0));
    }
    if (random.nextBoolean()) {
      config.put("retryThrottling", Map.of("maxTokens", 6.0, "tokenRatio", 0.5));
    }
    config.put(
        "methodConfig",
        List.of(
            Map.of(
                "name",
                List.of(Map.of("service", "pkg.Retried")),
                "retryPolicy",
                Map.of(
                    "maxAttempts",
                    4.0,
                    "initialBackoff",
                    "0.05s",
                    "maxBackoff",
                    "0.5s",
                    "backoffMultiplier",
                    2.0,
                    "retryableStatusCodes",
                    List.of("UNAVAILABLE", "ABORTED"))),
            Map.of(
                "name",
                List.of(Map.of("service", "pkg.Hedged")),
                "hedgingPolicy",
                Map.of(
                    "maxAttempts",
                    2.0 + random.nextInt(3),
                    "hedgingDelay",
                    chance(3) ? "0s" : "0.08s",
                    "nonFatalStatusCodes",
                    List.of("UNAVAILABLE", "ABORTED")))));
    return config;
  }

  // ---- The end

  /** Everything that calls wait for comes: now each must end. */
  private void finish() {
    note("finish");
    finishing = true;
    while (!credentials.isEmpty()) {
      applyCredentials();
    }
    resolveIfNew();
    if (chance(4)) {
      note("shutdown");
      shutdown = true;
      control.latch().begin();
      control.execute(control::shutdown);
    }
    for (int i = 0; i < 300 && !calls.stream().allMatch(Call::isClosed); i++) {
      calls.forEach(Call::finish);
      resolveIfNew();
      peers.alive().forEach(SimulatedPeer::finish);
      loop.advance(Duration.ofMillis(i < 20 ? 100 : 1_000));
    }
    assertThat(calls).as("each call ends").allMatch(Call::isClosed);
    assertThat(calls).as("each call ends once").allMatch(call -> call.closes == 1);
    assertThat(peers.all).as("no stream is left").allMatch(peer -> peer.openStreams() == 0);
    peers.alive().forEach(SimulatedPeer::checkWindows);
    assertThat(control.waitingCalls()).isZero();
    assertThat(RetainedBytes.of(channel)).as("retained bytes").isZero();
  }

  /** With one slot a connection, calls one after another succeed only if no slot was lost. */
  private void probeSlots() {
    if (shutdown) {
      return;
    }
    note("probe");
    peers.alive().forEach(peer -> peer.settings(1));
    for (int i = 0; i < 3; i++) {
      Call probe = new Call(
          calls.size(), MethodType.UNARY, "pkg.Plain/M", CallOptions.DEFAULT.withWaitForReady());
      calls.add(probe);
      probe.cancelsInHeaders = false;
      probe.start();
      for (int round = 0; round < 60 && !probe.isClosed(); round++) {
        probe.finish();
        resolveIfNew();
        peers.alive().forEach(peer -> peer.finish(1));
        loop.advance(Duration.ofMillis(round < 5 ? 100 : 1_000));
      }
      assertThat(probe.status).as("a slot for each call").isEqualTo(Status.OK);
    }
  }

  private void endChannel() {
    control.latch().beginNow();
    control.execute(control::shutdownNow);
    loop.run();
    assertThat(calls).as("each call ends once").allMatch(call -> call.closes == 1);
    assertThat(reports.all).as("one report of each call").hasSize(calls.size());
    reports.assertAddUp();
    Map<WaitCause, WaitTotal> totals = waits.snapshot(loop.ticker().nanoTime());
    assertThat(waits.snapshot(loop.ticker().nanoTime() + 1_000_000_000))
        .as("nothing waits any more")
        .isEqualTo(totals);
    assertThat(control.latch().isTerminated()).as("terminated").isTrue();
    assertThat(released).isTrue();
    assertThat(control.waitingCalls()).isZero();
    assertThat(RetainedBytes.of(channel)).as("retained bytes").isZero();
    assertThat(loop.isQuiet()).as("no timer is left").isTrue();
    peers.all.forEach(peer -> peer.peer.verify());
  }

  /** One call of the application. */
  private final class Call extends ClientCall.Listener<byte[]> {
    private final int number;
    private final MethodType type;
    private final ClientCall<byte[], byte[]> call;
    private boolean cancelsInHeaders = chance(12);
    private boolean halfClosed;
    private boolean cancelled;
    private int closes;
    private @Nullable Status status;

    Call(int number) {
      this(
          number,
          any(List.of(
              MethodType.UNARY,
              MethodType.UNARY,
              MethodType.BIDI_STREAMING,
              MethodType.CLIENT_STREAMING,
              MethodType.SERVER_STREAMING)),
          any(List.of(
              "pkg.Plain/M", "pkg.Retried/M", "pkg.Retried/M", "pkg.Hedged/M", "pkg.Hedged/M")),
          randomOptions());
    }

    Call(int number, MethodType type, String method, CallOptions options) {
      this.number = number;
      this.type = type;
      note("call " + number + ": " + type + " " + method + " "
          + (options.isWaitForReady() ? "waits" : ""));
      call = channel.newCall(ByteMethods.of(type, method), options);
    }

    void start() {
      call.start(this, new Metadata());
      call.request(random.nextInt(3));
      if (type.clientSendsOneMessage()) {
        call.sendMessage(message());
        if (!chance(8)) {
          halfClose();
        }
      }
    }

    private byte[] message() {
      return new byte[chance(5) ? 20_000 : chance(3) ? 1_500 : 20];
    }

    void write() {
      if (!type.clientSendsOneMessage()) {
        note("call " + number + " writes");
        call.sendMessage(message());
      }
    }

    void halfClose() {
      note("call " + number + " half-closes");
      halfClosed = true;
      call.halfClose();
    }

    void request(int messages) {
      call.request(messages);
    }

    void cancel() {
      note("call " + number + " is cancelled");
      cancelled = true;
      call.cancel("history", null);
    }

    void finish() {
      if (!isOver() && !halfClosed) {
        halfClose();
      }
      if (!isOver()) {
        call.request(5);
      }
    }

    boolean isClosed() {
      return closes > 0;
    }

    boolean isOver() {
      return closes > 0 || cancelled;
    }

    @Override
    public void onHeaders(Metadata headers) {
      assertThat(closes).isZero();
      if (cancelsInHeaders) {
        cancel();
      }
    }

    @Override
    public void onMessage(byte[] message) {
      assertThat(closes).isZero();
      if (chance(2)) {
        call.request(1);
      }
    }

    @Override
    public void onClose(Status with, Metadata trailers) {
      note("call " + number + " ends: " + with.getCode() + " " + with.getDescription());
      closes++;
      status = with;
    }

    @Override
    public String toString() {
      return "call " + number + " closed " + closes + " times, " + status;
    }
  }

  private CallOptions randomOptions() {
    CallOptions options = CallOptions.DEFAULT;
    if (chance(3)) {
      options = options.withDeadline(
          Deadline.after(random.nextInt(3_000), TimeUnit.MILLISECONDS, new Deadline.Ticker() {
            @Override
            public long nanoTime() {
              return loop.ticker().nanoTime();
            }
          }));
    }
    return chance(3) ? options.withWaitForReady() : options;
  }

  /** One connection, with what the peer has sent on it. */
  private final class SimulatedPeer {
    private final int number;
    private final Http2Peer peer;
    private final Set<Integer> withHeaders = new HashSet<>();
    private boolean ready;
    private boolean broken;
    /** What the peer may send, and has room for: the connection's windows as it sees them. */
    private long maySend = Http2CodecUtil.DEFAULT_WINDOW_SIZE;

    private long hasRoom = Http2CodecUtil.DEFAULT_WINDOW_SIZE;

    SimulatedPeer(int number, Http2Peer peer) {
      this.number = number;
      this.peer = peer;
    }

    boolean isAlive() {
      return !broken && peer.socket.isOpen();
    }

    void readFrames() {
      for (FrameLog.Frame frame : peer.frames()) {
        if (frame.text().startsWith("WINDOW_UPDATE 0 ")) {
          maySend += Long.parseLong(frame.text().substring(frame.text().indexOf('+') + 1));
        } else if (frame.text().startsWith("DATA")) {
          hasRoom -= frame.data().readableBytes();
        }
      }
    }

    /** One that is small or over the limit, or so many that the connection returns credit. */
    private void sendMessages(int id) {
      if (chance(2)) {
        sendMessage(id, new byte[chance(4) ? 9_000 : 10]);
        return;
      }
      for (int i = 0; i < 5; i++) {
        sendMessage(id, new byte[4_000]);
      }
    }

    private void sendMessage(int id, byte[] message) {
      maySend -= FramedMessage.PREFIX_LENGTH + message.length;
      peer.sendsMessage(id, message);
    }

    /** Both sides agree on the windows of the connection, whatever became of its streams. */
    void checkWindows() {
      readFrames();
      TransportSnapshot.Window window = peer.transport.snapshot().window();
      assertThat(window.receive()).as("credit of %s", this).isEqualTo(maySend);
      assertThat(window.send()).as("send window of %s", this).isEqualTo(hasRoom);
    }

    int openStreams() {
      return peer.table.active();
    }

    void settings(int streams) {
      note("peer " + number + " allows " + streams);
      ready = true;
      peer.sendsSettings(s -> s.maxConcurrentStreams(streams));
    }

    private @Nullable Integer anyStream() {
      List<StreamState> open = peer.table.all();
      return open.isEmpty() ? null : any(open).id();
    }

    void actOnStream() {
      Integer id = ready ? anyStream() : null;
      if (id == null) {
        return;
      }
      switch (random.nextInt(8)) {
        case 0, 1 -> {
          if (withHeaders.add(id)) {
            note("peer " + number + " sends headers on " + id);
            peer.sendsHeaders(id);
          } else {
            sendMessages(id);
          }
        }
        case 2, 3 -> {
          note("peer " + number + " ends " + id);
          respond(id);
        }
        case 4, 5 -> fail(id);
        case 6 -> {
          note("peer " + number + " refuses " + id);
          peer.sendsRst(id, Http2Error.REFUSED_STREAM.code());
        }
        default -> {
          note("peer " + number + " resets " + id);
          peer.sendsRst(id, Http2Error.INTERNAL_ERROR.code());
        }
      }
    }

    private void fail(int id) {
      String code = CODES[random.nextInt(CODES.length)];
      List<String> trailers = new ArrayList<>(List.of("grpc-status", code));
      if (!withHeaders.contains(id)) {
        trailers.addAll(0, List.of(":status", "200", "content-type", "application/grpc"));
        if (chance(3)) {
          trailers.addAll(
              List.of("grpc-retry-pushback-ms", PUSHBACKS[random.nextInt(PUSHBACKS.length)]));
        }
      }
      note("peer " + number + " fails " + id + ": " + trailers);
      peer.sendsHeaders(id, true, trailers.toArray(new String[0]));
    }

    private void respond(int id) {
      peer.inOneRead(() -> {
        if (withHeaders.add(id)) {
          peer.sendsHeaders(id);
          sendMessage(id, new byte[chance(4) ? 4_000 : 10]);
        }
        peer.sendsTrailers(id);
      });
    }

    void credit() {
      Integer id = ready ? anyStream() : null;
      if (id != null) {
        hasRoom += 10_000;
        peer.sendsWindowUpdate(0, 10_000).sendsWindowUpdate(id, 10_000);
      }
    }

    void endConnection() {
      if (ready && chance(2)) {
        int last = chance(2) ? 0 : Math.max(0, peer.table.newestId());
        note("peer " + number + " drains after " + last);
        peer.sendsGoAway(last, Http2Error.NO_ERROR, "");
      } else if (chance(2)) {
        note("peer " + number + " breaks");
        broken = true;
        peer.breaks();
      }
    }

    void finish() {
      finish(100);
    }

    void finish(int streams) {
      peer.sendsSettings(s -> s.maxConcurrentStreams(streams));
      ready = true;
      for (StreamState each : peer.table.all()) {
        int id = each.id();
        if (isAlive() && peer.table.find(id) != null) {
          if (withHeaders.contains(id)) {
            sendMessages(id);
          }
          respond(id);
        }
      }
      readFrames();
    }

    @Override
    public String toString() {
      return "peer " + number + " with " + openStreams() + " streams";
    }
  }

  private final class Peers implements TransportConnector {
    private final List<SimulatedPeer> all = new ArrayList<>();
    private TlsVersion tls = TlsVersion.FIXED;
    private Runnable onTlsChange = () -> {};

    List<SimulatedPeer> alive() {
      return all.stream().filter(SimulatedPeer::isAlive).toList();
    }

    @Override
    public ClientTransport connect(
        SocketAddress address,
        String authority,
        Attributes addressAttributes,
        ClientTransport.Listener owner) {
      Http2Peer peer = Http2Peer.connecting(setup -> {
        setup.loop = loop;
        setup.channel = owner;
        // So small that credit is returned within a history.
        setup.connectionWindow = Http2CodecUtil.DEFAULT_WINDOW_SIZE;
      });
      SimulatedPeer simulated = new SimulatedPeer(all.size(), peer);
      note(simulated + " is dialled at " + address);
      all.add(simulated);
      return peer.transport;
    }

    void changeTls() {
      tls = new TlsVersion(tls.number() + 1, "history");
      onTlsChange.run();
    }

    @Override
    public TlsVersion tlsVersion() {
      return tls;
    }

    @Override
    public void onTlsChange(Runnable listener) {
      onTlsChange = listener;
    }

    @Override
    public void close() {}
  }
}
