// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.SyncContextConfined;
import io.grpc.Attributes;
import io.grpc.Channel;
import io.grpc.ChannelLogger;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import java.util.List;

/**
 * Implements what a load-balancing policy sees of a subchannel. Checks that the policy calls it in
 * the sync context, and defers what may notify the policy's listener: policies do not expect that
 * inside their own call.
 */
@SyncContextConfined
abstract class PolicySubchannel extends LoadBalancer.Subchannel {
  private final CreateSubchannelArgs args;
  private final ChannelContext context;
  private final SubchannelChannel channel;
  private List<EquivalentAddressGroup> addresses;

  PolicySubchannel(
      CreateSubchannelArgs args, ChannelContext context, AddrConnView view, String authority) {
    this.args = args;
    this.context = context;
    this.addresses = args.getAddresses();
    this.channel = new SubchannelChannel(this, view, context, authority);
  }

  /** The policy wants a connection. */
  abstract void leaveIdle();

  /** The policy has other addresses for the subchannel. */
  abstract void redialUnlessListed(List<EquivalentAddressGroup> next);

  /** The policy does not use the subchannel any more. */
  abstract void close();

  /** Makes the calls of the policy. */
  final SubchannelChannel channel() {
    return channel;
  }

  final CreateSubchannelArgs args() {
    return args;
  }

  /** Any thread. */
  @Override
  public final void requestConnection() {
    context.sync().execute(this::leaveIdle);
  }

  @Override
  public final void updateAddresses(List<EquivalentAddressGroup> next) {
    context.sync().throwIfNotInThisSynchronizationContext();
    addresses = List.copyOf(next);
    context.sync().execute(() -> redialUnlessListed(List.copyOf(next)));
  }

  @Override
  public final void shutdown() {
    context.sync().throwIfNotInThisSynchronizationContext();
    context.sync().execute(this::close);
  }

  @Override
  public final List<EquivalentAddressGroup> getAllAddresses() {
    return addresses;
  }

  @Override
  public final Attributes getAttributes() {
    return args.getAttributes();
  }

  @Override
  public final ChannelLogger getChannelLogger() {
    return context.logger();
  }

  @Override
  public final Object getInternalSubchannel() {
    return this;
  }

  /** Any thread. */
  @Override
  public final Channel asChannel() {
    return channel;
  }
}
