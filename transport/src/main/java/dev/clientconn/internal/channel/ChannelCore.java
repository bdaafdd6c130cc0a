// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.call.ConfigGate;
import dev.clientconn.internal.call.TransportSource;
import dev.clientconn.internal.call.TransportSource.PendingPick;
import dev.clientconn.internal.call.UnsentCalls;
import dev.clientconn.internal.concurrent.ChannelLog;
import dev.clientconn.internal.concurrent.ChannelThreads;
import dev.clientconn.internal.concurrent.SyncContextConfined;
import dev.clientconn.internal.transport.TransportConnector;
import io.grpc.Attributes;
import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.InternalConfigSelector;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.FixedResultPicker;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.NameResolver.ResolutionResult;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Drives the channel's state: exits idle, passes resolution results to the load balancer, re-enters
 * idle, shuts down. It names the parts and sequences them; their work is their own. Other threads
 * must go through {@link #execute}.
 */
@SyncContextConfined
public final class ChannelCore {
  private static final Logger LOGGER = ChannelLog.LOGGER;

  private static final Status NO_ROUTES = Status.UNAVAILABLE.withDescription(
      "The target's name resolver selects a route for each call (xDS does), which ClientConn does"
          + " not support yet; use a dns or static target");

  private final ChannelContext context;
  private final ServiceConfigState serviceConfig;
  private final CallCounter calls;
  private final UnsentCalls unsent;
  private final ConfigGate gate;
  private final ConnectivityTracker tracker;
  private final PickerWrapper picker;
  private final AddrConns subchannels;
  private final ShutdownLatch latch = new ShutdownLatch();
  private final ResolverWrapper resolver;
  private final IdleManager idle;

  /** Absent while idle, after a panic and after the end. */
  private @Nullable BalancerWrapper balancer;

  private boolean warnedOfHealthChecks;
  private boolean panicked;
  private boolean closed;

  public ChannelCore(
      ChannelOptions options,
      ChannelThreads threads,
      TransportConnector connector,
      DoubleSupplier random) {
    SynchronizationContext sync = new SynchronizationContext((thread, failure) -> panic(failure));
    JulChannelLogger logger = new JulChannelLogger(options.target().text());
    this.context = new ChannelContext(
        options,
        threads,
        connector,
        random,
        sync,
        new ProtectedTimers(threads.timers()),
        logger,
        thrown -> sync.execute(() -> panic(thrown)),
        new ConnectionLimit(options.scaling().maxConnections()));
    this.serviceConfig = new ServiceConfigState(options, logger);
    this.calls = new CallCounter(() -> sync.execute(this::closeIfNoCalls));
    this.unsent = new UnsentCalls(threads.timers());
    Runnable exitIdle = () -> sync.execute(this::exitIdle);
    this.gate = new ConfigGate(!options.lookUpServiceConfig(), exitIdle);
    this.tracker = new ConnectivityTracker(threads.executor());
    this.subchannels = new AddrConns(this::terminateIfDone, this::repick);
    this.picker = new PickerWrapper(exitIdle, subchannels);
    applyConnectionLimit();
    this.idle = new IdleManager(context, calls, this::enterIdle);
    this.resolver = new ResolverWrapper(context, this::onResult, this::onError);
    connector.onTlsChange(
        () -> sync.execute(() -> subchannels.all().forEach(AddrConn::tlsChanged)));
  }

  /** Any thread: runs {@code task} in the sync context, before returning if it is free. */
  public void execute(Runnable task) {
    context.sync().execute(task);
  }

  public void exitIdle() {
    if (balancer != null || panicked || closed) {
      return;
    }
    tracker.update(ConnectivityState.CONNECTING);
    picker.update(new FixedResultPicker(PickResult.withNoResult()));
    balancer = new BalancerWrapper(context, resolver, picker, tracker, subchannels);
    idle.arm();
    resolver.start();
  }

  public void requestConnection() {
    exitIdle();
    if (balancer != null) {
      idle.arm();
      balancer.requestConnection();
    }
  }

  public void enterIdle() {
    if (balancer == null) {
      return;
    }
    tearDown();
    picker.update(null);
    tracker.update(ConnectivityState.IDLE);
    if (waitingCalls() > 0) {
      exitIdle();
    }
  }

  public void resetBackoff() {
    resolver.resetBackoff();
    subchannels.all().forEach(AddrConn::resetBackoff);
  }

  private Status onResult(ResolutionResult result) {
    if (balancer == null) {
      return Status.OK;
    }
    Status status = accept(result, balancer);
    gate.open();
    return status;
  }

  private Status accept(ResolutionResult result, BalancerWrapper balancer) {
    StatusOr<List<EquivalentAddressGroup>> addresses = result.getAddressesOrError();
    if (!addresses.hasValue()) {
      // A failed look-up carries no service config: the last one stays in force.
      balancer.resolutionFailed(addresses.getStatus());
      return addresses.getStatus();
    }
    Status configError = serviceConfig.update(result.getServiceConfig());
    if (configError != null) {
      balancer.resolutionFailed(configError);
      return configError;
    }
    applyConnectionLimit();
    if (context.options().lookUpServiceConfig()
        && result.getAttributes().get(InternalConfigSelector.KEY) != null) {
      balancer.failResolution(NO_ROUTES);
      return NO_ROUTES;
    }
    Object chosen = serviceConfig.balancerConfig();
    return balancer.accept(
        addresses.getValue(),
        withoutHealthChecks(result.getAttributes()),
        chosen == null ? context.options().serviceConfigParser().defaultBalancerConfig() : chosen);
  }

  private void applyConnectionLimit() {
    if (context.connectionLimit().update(serviceConfig.maxConnectionsPerSubchannel())) {
      subchannels.all().forEach(AddrConn::onLimitChanged);
    }
  }

  private void repick(PendingPick pick) {
    picker.repick(pick);
  }

  /** Health checks need Subchannel.asChannel, which is not supported. */
  private Attributes withoutHealthChecks(Attributes attributes) {
    if (attributes.get(LoadBalancer.ATTR_HEALTH_CHECKING_CONFIG) == null) {
      return attributes;
    }
    if (!warnedOfHealthChecks) {
      warnedOfHealthChecks = true;
      LOGGER.warning("[" + context.options().target().text()
          + "] The name resolver asks for health checks of the servers, which are not supported"
          + " yet: the channel uses the servers without them");
    }
    return attributes.toBuilder()
        .discard(LoadBalancer.ATTR_HEALTH_CHECKING_CONFIG)
        .build();
  }

  private void onError(Status error) {
    if (balancer != null) {
      balancer.resolutionFailed(error);
      gate.open();
    }
  }

  /** Started calls finish first. */
  public void shutdown() {
    tracker.update(ConnectivityState.SHUTDOWN);
    calls.watch();
    closeIfNoCalls();
  }

  public void shutdownNow() {
    tracker.update(ConnectivityState.SHUTDOWN);
    calls.watch();
    close(ShutdownLatch.SHUTDOWN_NOW);
    subchannels.all().forEach(addrConn -> addrConn.shutdownNow(ShutdownLatch.SHUTDOWN_NOW));
    terminateIfDone();
  }

  private void closeIfNoCalls() {
    if (!closed && calls.isQuiet()) {
      close(ShutdownLatch.SHUTDOWN);
    }
    terminateIfDone();
  }

  private void close(Status reason) {
    closed = true;
    picker.shutdown(reason);
    unsent.end(reason);
    gate.end(reason);
    tearDown();
    resolver.close();
    context.sync().execute(this::terminateIfDone);
  }

  private void terminateIfDone() {
    if (closed && !latch.isTerminated() && subchannels.isEmpty() && calls.isQuiet()) {
      try {
        context.connector().close();
      } finally {
        context.threads().release().run();
        latch.terminate();
      }
    }
  }

  private void tearDown() {
    idle.disarm();
    BalancerWrapper old = balancer;
    balancer = null;
    resolver.shutdown();
    if (old != null) {
      old.shutdown();
    }
    // Those that the policy has left open, too: the channel could not terminate.
    subchannels.all().forEach(AddrConn::shutdown);
  }

  /**
   * Fails every call with what a policy or resolver threw: it cannot be used any more. Never
   * throws.
   */
  private void panic(Throwable failure) {
    LOGGER.log(
        Level.SEVERE,
        "[" + context.options().target().text()
            + "] Uncaught exception in the channel's control plane; its calls fail"
            + " until it is built anew",
        failure);
    if (panicked) {
      return;
    }
    panicked = true;
    Status status = Status.INTERNAL
        .withDescription(
            "The channel failed and must be built anew: uncaught exception in its control plane: "
                + failure)
        .withCause(failure);
    // First, so that no call waits, whatever the rest throws.
    picker.update(new FixedResultPicker(PickResult.withDrop(status)));
    tracker.update(ConnectivityState.TRANSIENT_FAILURE);
    gate.open();
    try {
      tearDown();
    } catch (Throwable t) {
      LOGGER.log(Level.SEVERE, "The channel's control plane could not be shut down either", t);
    }
  }

  public TransportSource transports() {
    return picker;
  }

  public int waitingCalls() {
    return picker.waitingCalls() + gate.waitingCalls();
  }

  CallCounter calls() {
    return calls;
  }

  ConfigGate gate() {
    return gate;
  }

  DoubleSupplier random() {
    return context.random();
  }

  UnsentCalls unsent() {
    return unsent;
  }

  public ConnectivityTracker tracker() {
    return tracker;
  }

  public AddrConns subchannels() {
    return subchannels;
  }

  ServiceConfigState serviceConfig() {
    return serviceConfig;
  }

  public ShutdownLatch latch() {
    return latch;
  }

  public String authority() {
    return resolver.authority();
  }
}
