// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.ChannelLog;
import dev.clientconn.internal.concurrent.SyncContextConfined;
import io.grpc.Attributes;
import io.grpc.ChannelCredentials;
import io.grpc.ChannelLogger;
import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import io.grpc.LoadBalancer.ResolvedAddresses;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MetricRecorder;
import io.grpc.NameResolver;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.grpc.util.GracefulSwitchLoadBalancer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiConsumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs the load-balancing policy while the channel is not idle, and serves as the policy's
 * {@code Helper}. Policy changes are graceful: the new policy takes over when it has left
 * CONNECTING or the old one is not READY.
 */
@SyncContextConfined
final class BalancerWrapper extends LoadBalancer.Helper {

  private static final Logger LOGGER = ChannelLog.LOGGER;
  private static final Status NO_STATUS = Status.UNAVAILABLE.withDescription(
      "The load-balancing policy returned no status for its addresses");

  private final ChannelContext context;
  private final ResolverWrapper resolver;
  private final BiConsumer<ConnectivityState, SubchannelPicker> onState;
  private final AddrConns subchannels;
  private final GracefulSwitchLoadBalancer balancer;
  private boolean shutdown;
  private boolean hasAddresses;

  /**
   * Set while the policy gets an empty list: its status names neither the target nor a remedy, and
   * must not end the calls that wait before it is replaced.
   */
  private boolean withholding;

  private boolean withheld;
  private ConnectivityState state = ConnectivityState.CONNECTING;
  private @Nullable SubchannelPicker picker;

  /** Set while the policy uses the addresses of an earlier resolution because the last failed. */
  private @Nullable Status resolutionError;

  /**
   * @param onState called with each state of the policy and its picker
   */
  BalancerWrapper(
      ChannelContext context,
      ResolverWrapper resolver,
      BiConsumer<ConnectivityState, SubchannelPicker> onState,
      AddrConns subchannels) {
    this.context = context;
    this.resolver = resolver;
    this.onState = onState;
    this.subchannels = subchannels;
    this.balancer = new GracefulSwitchLoadBalancer(this);
  }

  /**
   * Passes addresses to the policy. Returns OK, or why the policy cannot use them.
   *
   * @param policyFindsServers whether an empty list is no mistake of the resolver: a policy of xDS
   *     finds the servers itself, and its status has the reason
   */
  Status accept(
      List<EquivalentAddressGroup> addresses,
      Attributes attributes,
      Object balancerConfig,
      boolean policyFindsServers) {
    setResolutionError(null);
    boolean noneFound = addresses.isEmpty() && !policyFindsServers;
    withholding = noneFound;
    try {
      @Nullable
      Status returned = balancer.acceptResolvedAddresses(ResolvedAddresses.newBuilder()
          .setAddresses(addresses)
          .setAttributes(attributes)
          .setLoadBalancingPolicyConfig(balancerConfig)
          .build());
      Status status = returned == null ? NO_STATUS : returned;
      hasAddresses = status.isOk();
      if (noneFound && !status.isOk()) {
        status = noAddresses();
        failResolution(status);
      }
      return status;
    } catch (Throwable t) {
      context.onBroken().accept(t);
      return Status.INTERNAL
          .withDescription("The load-balancing policy threw: " + t)
          .withCause(t);
    } finally {
      withholding = false;
      if (withheld && picker != null && !shutdown) {
        publishState(picker);
      }
      withheld = false;
    }
  }

  private Status noAddresses() {
    return Status.UNAVAILABLE.withDescription("The name resolver found no address for "
        + context.options().target().text()
        + ": no server is registered under this name, or all were removed");
  }

  /**
   * Passes a failed resolution to a policy that has no addresses. One that has some continues with
   * them: pick_first would close its connection. If they cannot be reached either, calls fail with
   * both reasons.
   */
  void resolutionFailed(Status error) {
    if (!hasAddresses) {
      failResolution(error);
      return;
    }
    setResolutionError(error);
  }

  private void setResolutionError(@Nullable Status error) {
    boolean changed = resolutionError != null || error != null;
    resolutionError = error;
    if (changed && picker != null && state == ConnectivityState.TRANSIENT_FAILURE) {
      publish(withResolutionError(picker));
    }
  }

  private void publishState(SubchannelPicker next) {
    boolean failing = state == ConnectivityState.TRANSIENT_FAILURE;
    publish(failing ? withResolutionError(next) : next);
  }

  private void publish(SubchannelPicker next) {
    onState.accept(state, next);
  }

  /** Adds the reason of a failed resolution to the picker of a policy that fails calls. */
  private SubchannelPicker withResolutionError(SubchannelPicker failing) {
    return resolutionError == null ? failing : new StaleAddressesPicker(failing, resolutionError);
  }

  void failResolution(Status error) {
    guard(() -> balancer.handleNameResolutionError(error));
  }

  void requestConnection() {
    guard(balancer::requestConnection);
  }

  /** A policy is foreign code: what it throws must not end the caller's task. */
  private void guard(Runnable call) {
    try {
      call.run();
    } catch (Throwable t) {
      context.onBroken().accept(t);
    }
  }

  void shutdown() {
    shutdown = true;
    try {
      balancer.shutdown();
    } catch (Throwable t) {
      // The policy is discarded in any case, and the channel shuts the subchannels down itself.
      LOGGER.log(Level.WARNING, "A load-balancing policy threw from shutdown", t);
    }
  }

  @Override
  public Subchannel createSubchannel(CreateSubchannelArgs args) {
    context.sync().throwIfNotInThisSynchronizationContext();
    checkMayCreate();
    return subchannels.add(args, context, resolver.authority());
  }

  private void checkMayCreate() {
    if (shutdown) {
      throw new IllegalStateException(
          "The load-balancing policy was shut down and may create no more subchannels");
    }
  }

  @Override
  public void updateBalancingState(ConnectivityState newState, SubchannelPicker newPicker) {
    context.sync().throwIfNotInThisSynchronizationContext();
    Objects.requireNonNull(newState, "state");
    Objects.requireNonNull(newPicker, "picker");
    // A policy cannot shut the channel down; updates from one that was shut down are ignored.
    if (!shutdown && newState != ConnectivityState.SHUTDOWN) {
      state = newState;
      picker = newPicker;
      if (withholding) {
        withheld = true;
      } else {
        publishState(newPicker);
      }
    }
  }

  @Override
  public void refreshNameResolution() {
    context.sync().throwIfNotInThisSynchronizationContext();
    if (!shutdown) {
      // Deferred: a resolver may respond at once, while the policy is in the middle of a method.
      context.sync().execute(resolver::refresh);
    }
  }

  @Override
  public ManagedChannel createOobChannel(EquivalentAddressGroup group, String authorityOfChannel) {
    return createOobChannel(List.of(group), authorityOfChannel);
  }

  @Override
  public ManagedChannel createOobChannel(
      List<EquivalentAddressGroup> groups, String authorityOfChannel) {
    checkMayCreate();
    return subchannels.policyChannels().open(context, groups, authorityOfChannel);
  }

  @Override
  public void updateOobChannelAddresses(ManagedChannel channel, EquivalentAddressGroup group) {
    updateOobChannelAddresses(channel, List.of(group));
  }

  @Override
  public void updateOobChannelAddresses(
      ManagedChannel channel, List<EquivalentAddressGroup> groups) {
    subchannels.policyChannels().update(channel, groups);
  }

  @Override
  @Deprecated
  public ManagedChannelBuilder<?> createResolvingOobChannelBuilder(String target) {
    // Without credentials of its own, it is a channel to the same server by another name.
    return newChannelBuilder(target, null).overrideAuthority(getAuthority());
  }

  @Override
  public ManagedChannelBuilder<?> createResolvingOobChannelBuilder(
      String target, ChannelCredentials credentials) {
    return newChannelBuilder(target, credentials);
  }

  private ManagedChannelBuilder<?> newChannelBuilder(
      String target, @Nullable ChannelCredentials credentials) {
    checkMayCreate();
    return subchannels.policyChannels().newBuilder(context, target, credentials, () -> shutdown);
  }

  @Override
  public SynchronizationContext getSynchronizationContext() {
    return context.sync();
  }

  @Override
  public ScheduledExecutorService getScheduledExecutorService() {
    return context.timers();
  }

  @Override
  public String getAuthority() {
    return resolver.authority();
  }

  @Override
  public String getChannelTarget() {
    return context.options().target().text();
  }

  @Override
  public ChannelCredentials getUnsafeChannelCredentials() {
    return context.options().credentials();
  }

  @Override
  public ChannelLogger getChannelLogger() {
    return context.logger();
  }

  @Override
  public NameResolver.Args getNameResolverArgs() {
    return context.resolverArgs();
  }

  @Override
  public NameResolverRegistry getNameResolverRegistry() {
    return context.resolverArgs().getNameResolverRegistry();
  }

  @Override
  public MetricRecorder getMetricRecorder() {
    return context.options().metrics();
  }
}
