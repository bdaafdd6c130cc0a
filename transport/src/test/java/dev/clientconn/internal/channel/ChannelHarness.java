// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.call.RetryOptions;
import dev.clientconn.internal.concurrent.ChannelThreads;
import dev.clientconn.internal.resolver.TargetUri;
import dev.clientconn.internal.serviceconfig.ServiceConfigParser;
import dev.clientconn.internal.telemetry.SinkMetricRecorder;
import dev.clientconn.testing.ByteMethods;
import dev.clientconn.testing.FakeConnector;
import dev.clientconn.testing.ManualClock;
import dev.clientconn.transport.CallReportListener;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ConnectivityState;
import io.grpc.InsecureChannelCredentials;
import io.grpc.MethodDescriptor;
import io.grpc.ProxyDetector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A control plane over fakes: one thread, no clock but the test's, no wire. */
public final class ChannelHarness {
  public static final MethodDescriptor<byte[], byte[]> METHOD =
      ByteMethods.unary("pkg.Greeter/Hello");

  public final ManualClock clock = new ManualClock();
  public final FakeConnector connector = new FakeConnector();
  public final FakeResolver resolver = new FakeResolver();
  public int released;
  /** What random numbers are, in [0, 1). 0.5 is the middle: no jitter. */
  public double random = 0.5;
  /** Runs look-ups and call credentials; may be replaced at any time. */
  public Executor offload = Runnable::run;

  private TargetUri target = resolver.target();
  private String policy = "pick_first";
  private @Nullable Map<String, ?> serviceConfig;
  private boolean lookUp = true;
  private Duration idleTimeout = Duration.ZERO;
  private ConnectionOptions connections = ConnectionOptions.DEFAULT;
  private ScalingOptions scaling = ScalingOptions.DEFAULT;
  private ResolutionOptions resolution = ResolutionOptions.DEFAULT;
  private @Nullable String authority;
  private ProxyDetector proxyDetector = address -> null;
  private List<ClientInterceptor> interceptors = List.of();
  private @Nullable ChannelCore control;

  public ChannelHarness target(String text) {
    target = TargetUri.parse(text, io.grpc.NameResolverRegistry.getDefaultRegistry());
    return this;
  }

  public ChannelHarness policy(String name) {
    policy = name;
    return this;
  }

  /** The totals and events of the channel. */
  public final ChannelRecorder recorder = new ChannelRecorder();

  public ChannelHarness serviceConfig(Map<String, ?> config) {
    serviceConfig = config;
    return this;
  }

  public ChannelHarness withoutLookUp() {
    lookUp = false;
    return this;
  }

  public ChannelHarness authority(String override) {
    authority = override;
    return this;
  }

  ChannelHarness connections(ConnectionOptions options) {
    connections = options;
    return this;
  }

  public ChannelHarness maxConnections(int connections) {
    scaling = new ScalingOptions(
        connections,
        scaling.maxPendingStreams(),
        scaling.pendingTimeoutNanos(),
        scaling.idleNanos(),
        scaling.listener());
    return this;
  }

  ChannelHarness scaling(ScalingOptions options) {
    scaling = options;
    return this;
  }

  ChannelHarness resolution(ResolutionOptions options) {
    resolution = options;
    return this;
  }

  ChannelHarness proxyDetector(ProxyDetector detector) {
    proxyDetector = detector;
    return this;
  }

  public ChannelHarness idleTimeout(Duration timeout) {
    idleTimeout = timeout;
    return this;
  }

  /** Adds {@code name} to {@code seen} for each call. */
  public ChannelHarness interceptor(String name, List<String> seen) {
    interceptors = List.of(new ClientInterceptor() {
      @Override
      public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
          MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
        seen.add(name);
        return next.newCall(method, options);
      }
    });
    return this;
  }

  public final List<CallReportListener> reportListeners = new ArrayList<>();

  /** Opens the channels of policies. */
  public PolicyChannelFactory policyChannels = (given, credentials, onBuilt) -> {
    throw new AssertionError("no policy opens a channel");
  };

  public ChannelOptions options() {
    ServiceConfigParser parser = new ServiceConfigParser(policy);
    return new ChannelOptions(
        target,
        authority,
        InsecureChannelCredentials.create(),
        null,
        80,
        parser,
        serviceConfig == null ? null : parser.parse(serviceConfig),
        lookUp,
        idleTimeout.toNanos(),
        connections,
        scaling,
        resolution,
        4096,
        RetryOptions.DEFAULT,
        io.grpc.CompressorRegistry.getDefaultInstance(),
        io.grpc.DecompressorRegistry.getDefaultInstance(),
        interceptors,
        null,
        new SinkMetricRecorder(List.of()),
        proxyDetector,
        io.grpc.NameResolverRegistry.getDefaultRegistry(),
        List.of(),
        policyChannels,
        List.copyOf(reportListeners));
  }

  public ChannelThreads threads() {
    return new ChannelThreads(
        Runnable::run, task -> offload.execute(task), clock, clock::nanoTime, () -> released++);
  }

  public ChannelConfiguration configuration() {
    return new ChannelConfiguration(options(), () -> connector, this::threads, new Object());
  }

  public ChannelCore control() {
    if (control == null) {
      control = new ChannelCore(options(), threads(), connector, () -> random, recorder);
    }
    return control;
  }

  ConnectivityState state() {
    return control().tracker().state();
  }

  public void connect() {
    control().execute(control()::requestConnection);
  }

  /** Starts a fail-fast call that wants a transport. */
  public FakePick call() {
    return call(false);
  }

  FakePick waitForReadyCall() {
    return call(true);
  }

  private FakePick call(boolean waitForReady) {
    control().calls().callStarted();
    FakePick pick = new FakePick(waitForReady);
    control().transports().pick(pick);
    return pick;
  }

  void endCall() {
    control().calls().callEnded();
  }

  void shutdown() {
    if (control().latch().begin()) {
      control().execute(control()::shutdown);
    }
  }

  void shutdownNow() {
    if (control().latch().beginNow()) {
      control().execute(control()::shutdownNow);
    }
  }

  boolean isTerminated() {
    return control().latch().isTerminated();
  }

  int refreshes() {
    return resolver.last().refreshes;
  }
}
