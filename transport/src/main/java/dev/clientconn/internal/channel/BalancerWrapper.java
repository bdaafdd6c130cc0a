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
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The load-balancing policy from one leaving of idle to the next idle, and what the policy may ask of the channel. Policy
 * changes are graceful: the new one takes over when it has left CONNECTING or the old one is not READY.
 */
@SyncContextConfined
final class BalancerWrapper extends LoadBalancer.Helper {

  private static final Logger LOGGER = ChannelLog.LOGGER;
  private static final Status NO_STATUS = Status.UNAVAILABLE.withDescription(
      "The load-balancing policy returned no status for its addresses");

  private final ChannelContext context;
  private final ResolverWrapper resolver;
  private final PickerWrapper pickers;
  private final ConnectivityTracker tracker;
  private final AddrConns subchannels;
  private final GracefulSwitchLoadBalancer balancer;
  private boolean shutdown;
  private boolean hasAddresses;
  private ConnectivityState state = ConnectivityState.CONNECTING;
  private @Nullable SubchannelPicker picker;

  /** Of the last resolution, if that failed and the policy still uses the addresses of an earlier one. */
  private @Nullable Status resolutionError;

  BalancerWrapper(
      ChannelContext context,
      ResolverWrapper resolver,
      PickerWrapper pickers,
      ConnectivityTracker tracker,
      AddrConns subchannels) {
    this.context = context;
    this.resolver = resolver;
    this.pickers = pickers;
    this.tracker = tracker;
    this.subchannels = subchannels;
    this.balancer = new GracefulSwitchLoadBalancer(this);
  }

  /** Returns OK, or why the policy cannot use the addresses. */
  Status accept(
      List<EquivalentAddressGroup> addresses, Attributes attributes, Object balancerConfig) {
    explainWith(null);
    try {
      @Nullable
      Status answer = balancer.acceptResolvedAddresses(ResolvedAddresses.newBuilder()
          .setAddresses(addresses)
          .setAttributes(attributes)
          .setLoadBalancingPolicyConfig(balancerConfig)
          .build());
      Status status = answer == null ? NO_STATUS : answer;
      hasAddresses = status.isOk();
      return status;
    } catch (Throwable t) {
      context.onBroken().accept(t);
      return Status.INTERNAL
          .withDescription("The load-balancing policy threw: " + t)
          .withCause(t);
    }
  }

  /**
   * Passes a failed resolution to a policy that has no addresses. One that has goes on with them: pick_first would close
   * its connection. If they cannot be reached either, calls fail with both reasons.
   */
  void resolutionFailed(Status error) {
    if (!hasAddresses) {
      fail(error);
      return;
    }
    explainWith(error);
  }

  private void explainWith(@Nullable Status error) {
    boolean changed = resolutionError != null || error != null;
    resolutionError = error;
    if (changed && picker != null && state == ConnectivityState.TRANSIENT_FAILURE) {
      publish(explained(picker));
    }
  }

  private void publish(SubchannelPicker next) {
    // In this order: an observer of READY must find the picker.
    pickers.update(next);
    tracker.update(state);
  }

  /** Of a policy that fails calls. */
  private SubchannelPicker explained(SubchannelPicker failing) {
    return resolutionError == null ? failing : new StaleAddressesPicker(failing, resolutionError);
  }

  void fail(Status error) {
    guard(() -> balancer.handleNameResolutionError(error));
  }

  void requestConnection() {
    guard(balancer::requestConnection);
  }

  /** A policy is foreign code: what it throws must not end the task of whoever called it. */
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
      // It is over with the policy in any case, and the channel shuts the subchannels down itself.
      LOGGER.log(Level.WARNING, "A load-balancing policy threw from shutdown", t);
    }
  }

  @Override
  public Subchannel createSubchannel(CreateSubchannelArgs args) {
    context.sync().throwIfNotInThisSynchronizationContext();
    if (shutdown) {
      throw new IllegalStateException(
          "The load-balancing policy was shut down and may create no more subchannels");
    }
    return subchannels.add(args, context, resolver.authority());
  }

  @Override
  public void updateBalancingState(ConnectivityState newState, SubchannelPicker newPicker) {
    context.sync().throwIfNotInThisSynchronizationContext();
    Objects.requireNonNull(newState, "state");
    Objects.requireNonNull(newPicker, "picker");
    // A policy cannot shut the channel down, and updates of one that was shut down are ignored.
    if (!shutdown && newState != ConnectivityState.SHUTDOWN) {
      state = newState;
      picker = newPicker;
      boolean failing = newState == ConnectivityState.TRANSIENT_FAILURE;
      publish(failing ? explained(newPicker) : newPicker);
    }
  }

  @Override
  public void refreshNameResolution() {
    context.sync().throwIfNotInThisSynchronizationContext();
    if (!shutdown) {
      // Later: a resolver may answer at once, and the policy is in the middle of something.
      context.sync().execute(resolver::refresh);
    }
  }

  @Override
  public ManagedChannel createOobChannel(EquivalentAddressGroup group, String authorityOfChannel) {
    throw outOfBand("createOobChannel");
  }

  @Override
  public ManagedChannel createOobChannel(
      List<EquivalentAddressGroup> groups, String authorityOfChannel) {
    throw outOfBand("createOobChannel");
  }

  @Override
  public ManagedChannelBuilder<?> createResolvingOobChannelBuilder(
      String target, ChannelCredentials credentials) {
    throw outOfBand("createResolvingOobChannelBuilder");
  }

  private static UnsupportedOperationException outOfBand(String method) {
    return new UnsupportedOperationException(
        "LoadBalancer.Helper." + method
            + " is not supported: policies that open channels of their own (grpclb, rls) do not run on ClientConn yet");
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
