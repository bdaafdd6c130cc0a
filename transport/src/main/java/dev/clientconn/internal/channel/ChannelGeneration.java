// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.ChannelThreads;
import dev.clientconn.internal.concurrent.SyncContextConfined;
import dev.clientconn.internal.serviceconfig.ServiceConfig;
import dev.clientconn.internal.transport.TransportConnector;
import dev.clientconn.transport.WaitCause;
import io.grpc.Attributes;
import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.InternalConfigSelector;
import io.grpc.LoadBalancer.FixedResultPicker;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.NameResolver.ResolutionResult;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the target of one configuration of a channel and balances over its addresses. A channel
 * has one generation in force. {@code ClientConn.reconfigure} makes another, which connects beside
 * it until it takes over; then the old one finishes the streams that it has.
 */
@SyncContextConfined
final class ChannelGeneration {
  private static final Status RECONFIGURED =
      Status.UNAVAILABLE.withDescription("The channel has another configuration");

  /**
   * Holds what the generations of a channel have in common.
   *
   * @param sync the one context that all of them run in
   * @param timers the channel's, protected from being shut down
   * @param random for jitter, numbers in [0, 1)
   * @param recorder adds up what happens to the channel
   * @param calls of the whole channel
   * @param subchannels of all generations
   * @param onState called after a change of a generation's state or picker
   * @param onConfig called when a generation has another service config
   * @param onResolved called when the service config of a generation is known, or cannot be
   * @param onBroken called with what the policy of a generation threw
   * @param onIdle called when the generation in force has had no call for its idle timeout
   */
  record Shared(
      SynchronizationContext sync,
      ScheduledExecutorService timers,
      DoubleSupplier random,
      ChannelRecorder recorder,
      CallCounter calls,
      AddrConns subchannels,
      Consumer<ChannelGeneration> onState,
      Consumer<ChannelGeneration> onConfig,
      Consumer<ChannelGeneration> onResolved,
      BiConsumer<ChannelGeneration, Throwable> onBroken,
      Runnable onIdle) {}

  private static final SubchannelPicker WAIT = new FixedResultPicker(PickResult.withNoResult());

  private final ChannelContext context;
  private final Shared shared;
  private final ResolvedServiceConfig serviceConfig;
  private final HealthChecks healthChecks;
  private final ResolverWrapper resolver;
  private final IdleManager idle;

  /** Absent while idle, after a panic and after the end. */
  private @Nullable BalancerWrapper balancer;

  private ConnectivityState state = ConnectivityState.IDLE;
  private SubchannelPicker picker = WAIT;
  /** Of the resolver that runs, selects the config of each call. */
  private @Nullable InternalConfigSelector selector;

  private boolean resolved;
  private boolean hasAddresses;

  /** Makes the first resolver, without starting it: a bad target fails here. */
  ChannelGeneration(
      ChannelOptions options, ChannelThreads threads, TransportConnector connector, Shared shared) {
    JulChannelLogger logger = new JulChannelLogger(options.target().text());
    SynchronizationContext sync = shared.sync();
    this.shared = shared;
    this.context = new ChannelContext(
        options,
        threads,
        connector,
        shared.random(),
        sync,
        shared.timers(),
        logger,
        thrown -> sync.execute(() -> broken(thrown)),
        new ConnectionLimit(options.scaling().maxConnections()),
        shared.recorder());
    this.serviceConfig = new ResolvedServiceConfig(options, logger);
    this.healthChecks = new HealthChecks(options.target().text());
    applyConnectionLimit();
    this.idle = new IdleManager(context, shared.calls(), shared.onIdle());
    this.resolver = new ResolverWrapper(context, this::onResult, this::onError);
    connector.onTlsChange(() -> sync.execute(this::tlsChanged));
  }

  private void tlsChanged() {
    for (AddrConn addrConn : ownSubchannels()) {
      // The old material may be why the last attempt failed.
      addrConn.resetBackoff();
      addrConn.replacer().tlsChanged();
    }
  }

  private void broken(Throwable thrown) {
    shared.onBroken().accept(this, thrown);
  }

  /** Starts to resolve and to balance. */
  void start() {
    state = ConnectivityState.CONNECTING;
    picker = WAIT;
    hasAddresses = false;
    balancer = new BalancerWrapper(context, resolver, this::publish, shared.subchannels());
    resolver.start();
  }

  /** Whether it is started: neither idle nor broken nor closed. */
  boolean isActive() {
    return balancer != null;
  }

  private void publish(ConnectivityState newState, SubchannelPicker newPicker) {
    state = newState;
    picker = newPicker;
    if (newState == ConnectivityState.READY) {
      healthChecks.onReady(ownSubchannels());
    }
    shared.onState().accept(this);
  }

  void requestConnection() {
    if (balancer != null) {
      balancer.requestConnection();
    }
  }

  /** Starts the idle timeout anew. */
  void armIdle() {
    idle.arm();
  }

  void resetBackoff() {
    resolver.resetBackoff();
    ownSubchannels().forEach(AddrConn::resetBackoff);
    shared.subchannels().policyChannels().resetBackoff(context);
  }

  private Status onResult(ResolutionResult result) {
    if (balancer == null) {
      return Status.OK;
    }
    Status status = accept(result, balancer);
    resolved();
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
    updateSelector(result);
    // Before the policy, whose picker may release calls that wait.
    shared.onConfig().accept(this);
    applyConnectionLimit();
    Object chosen = serviceConfig.current().balancerConfig();
    // Before the policy, whose picker is published with what calls wait for then.
    hasAddresses = true;
    return balancer.accept(
        addresses.getValue(),
        healthChecks.addTo(
            withoutSelector(result.getAttributes()), serviceConfig.current().healthCheckConfig()),
        chosen == null ? options().serviceConfigParser().defaultBalancerConfig() : chosen,
        selector != null);
  }

  /** The selector belongs to the service config: both stay where the new config is invalid. */
  private void updateSelector(ResolutionResult result) {
    ConfigOrError config = result.getServiceConfig();
    if (options().lookUpServiceConfig() && (config == null || config.getError() == null)) {
      selector = result.getAttributes().get(InternalConfigSelector.KEY);
    }
  }

  private static Attributes withoutSelector(Attributes attributes) {
    return attributes.get(InternalConfigSelector.KEY) == null
        ? attributes
        : attributes.toBuilder().discard(InternalConfigSelector.KEY).build();
  }

  private void applyConnectionLimit() {
    Integer configured = serviceConfig.current().maxConnectionsPerSubchannel();
    if (context.connectionLimit().update(configured)) {
      ownSubchannels().forEach(AddrConn::onLimitChanged);
    }
  }

  private void onError(Status error) {
    if (balancer != null) {
      balancer.resolutionFailed(error);
      resolved();
    }
  }

  private void resolved() {
    resolved = true;
    shared.onResolved().accept(this);
  }

  /** Goes idle: streams finish, then their connections close. May be started again. */
  void stop() {
    idle.disarm();
    BalancerWrapper old = balancer;
    balancer = null;
    state = ConnectivityState.IDLE;
    if (selector != null) {
      // It must not be asked after the resolver's end: calls wait for that of the next one.
      selector = null;
      resolved = false;
    }
    resolver.shutdown();
    if (old != null) {
      old.shutdown();
    }
    // Those that the policy has left open, too: the channel could not terminate.
    ownSubchannels().forEach(AddrConn::shutdown);
    shared.subchannels().policyChannels().shutdown(context);
  }

  /** Stops for good. */
  void close() {
    stop();
    resolver.close();
  }

  /** Stops for good, and leaves to another generation the streams that have no slot yet. */
  void retire() {
    ownSubchannels().forEach(addrConn -> addrConn.view().replaceConnections(RECONFIGURED));
    close();
  }

  /** Closes the connector if the last subchannel has terminated. To be called until it is true. */
  boolean closeConnectorIfUnused() {
    boolean unused = ownSubchannels().isEmpty();
    if (unused) {
      context.connector().close();
    }
    return unused;
  }

  private List<AddrConn> ownSubchannels() {
    return shared.subchannels().of(context);
  }

  ConnectivityState state() {
    return state;
  }

  /** Whether the service config is known, or cannot be: calls need not wait for it. */
  boolean isResolved() {
    return resolved || !options().lookUpServiceConfig();
  }

  /** Why calls fail now, {@code null} if they do not. */
  @Nullable
  Status failure() {
    return state == ConnectivityState.TRANSIENT_FAILURE ? PickFailure.of(picker) : null;
  }

  /** What calls wait for that the picker has no connection for. */
  WaitCause waitCause() {
    return hasAddresses ? WaitCause.CONNECTING : WaitCause.NAME_RESOLUTION;
  }

  SubchannelPicker picker() {
    return picker;
  }

  ServiceConfig serviceConfig() {
    return serviceConfig.current();
  }

  /** Selects the config of each call; {@code null} where the service config applies. */
  @Nullable
  InternalConfigSelector selector() {
    return selector;
  }

  ChannelOptions options() {
    return context.options();
  }

  String authority() {
    return resolver.authority();
  }
}
