// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.transport.ClientConnSnapshot;
import io.grpc.ChannelCredentials;
import io.grpc.EquivalentAddressGroup;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Opens channels for load-balancing policies ("out of band"), and lists those that have not
 * terminated: the channel whose policy opened them terminates after them. Those of other transports
 * it only shuts down.
 */
@CrossesThreads
final class PolicyChannels {

  /**
   * A channel of a policy.
   *
   * @param owner the configuration whose policy opened it
   * @param addresses {@code null} where a name resolver finds them
   */
  private record Entry(
      ChannelContext owner, PolicyChannel opened, @Nullable FixedAddresses addresses) {

    ManagedChannel channel() {
      return opened.channel();
    }

    /** A channel of another transport does not say when it has terminated. */
    boolean isAwaited() {
      return opened.latch() != null;
    }

    boolean isListed() {
      return isAwaited() || !channel().isShutdown();
    }
  }

  private final Runnable onTerminated;
  private volatile List<Entry> all = List.of();

  /**
   * @param onTerminated called in the owner's sync context after a channel has terminated
   */
  PolicyChannels(Runnable onTerminated) {
    this.onTerminated = onTerminated;
  }

  /** Opens a channel to fixed addresses: it has no service config, and is never idle. */
  @SuppressWarnings("deprecation") // a registry for one resolver
  ManagedChannel open(ChannelContext owner, List<EquivalentAddressGroup> groups, String authority) {
    FixedAddresses addresses = new FixedAddresses(authority, groups);
    return owner
        .options()
        .policyChannels()
        .newBuilder(target(authority), null, opened -> add(owner, opened, addresses))
        .nameResolverFactory(addresses)
        .disableServiceConfigLookUp()
        .disableRetry()
        .idleTimeout(Integer.MAX_VALUE, TimeUnit.DAYS)
        .build();
  }

  private static String target(String authority) {
    try {
      return new URI(FixedAddresses.SCHEME, "", "/" + authority, null, null).toString();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "the authority '" + authority + "' cannot be written as a target", e);
    }
  }

  /**
   * Makes a builder of channels that resolve their target.
   *
   * @param isShutdown whether the policy was shut down; asked in the sync context
   */
  ManagedChannelBuilder<?> newBuilder(
      ChannelContext owner,
      String target,
      @Nullable ChannelCredentials credentials,
      BooleanSupplier isShutdown) {
    return owner.options().policyChannels().newBuilder(target, credentials, opened -> {
      add(owner, opened, null);
      owner.sync().execute(() -> {
        if (isShutdown.getAsBoolean()) {
          // The policy has ended: it would not shut this channel down, which the owner waits for.
          opened.channel().shutdownNow();
        }
      });
    });
  }

  private void add(ChannelContext owner, PolicyChannel opened, @Nullable FixedAddresses addresses) {
    Entry entry = new Entry(owner, opened, addresses);
    synchronized (this) {
      List<Entry> more = new ArrayList<>(all);
      more.removeIf(known -> !known.isListed());
      more.add(entry);
      all = List.copyOf(more);
    }
    if (opened.recorder() != null) {
      opened.recorder().recordFor(owner.recorder());
    }
    if (opened.latch() != null) {
      opened.latch().onTerminated(() -> {
        remove(entry);
        owner.sync().execute(onTerminated);
      });
    }
  }

  private synchronized void remove(Entry entry) {
    List<Entry> fewer = new ArrayList<>(all);
    fewer.remove(entry);
    all = List.copyOf(fewer);
  }

  /**
   * Replaces the addresses of a channel.
   *
   * @throws IllegalArgumentException if {@link #open} has not made it
   */
  @SuppressWarnings("ReferenceEquality") // a channel is an object with an identity
  void update(ManagedChannel channel, List<EquivalentAddressGroup> groups) {
    for (Entry entry : all) {
      FixedAddresses addresses = entry.addresses();
      if (entry.channel() == channel && addresses != null) {
        addresses.update(groups);
        return;
      }
    }
    // Nothing depends on the addresses of a channel that has terminated.
    if (!channel.isTerminated()) {
      throw new IllegalArgumentException(
          "updateOobChannelAddresses needs a channel that createOobChannel has returned, not "
              + channel);
    }
  }

  /** Shuts down the channels of a configuration, which its policy does not use any more. */
  void shutdown(ChannelContext owner) {
    of(owner).forEach(ManagedChannel::shutdown);
  }

  void resetBackoff(ChannelContext owner) {
    of(owner).forEach(ManagedChannel::resetConnectBackoff);
  }

  void shutdownNow() {
    select(entry -> true).forEach(ManagedChannel::shutdownNow);
  }

  /** Whether none is left that the owner waits for. */
  boolean isEmpty() {
    return all.stream().noneMatch(Entry::isAwaited);
  }

  @SuppressWarnings("ReferenceEquality") // each configuration has one context
  private List<ManagedChannel> of(ChannelContext owner) {
    return select(entry -> entry.owner() == owner);
  }

  private List<ManagedChannel> select(Predicate<Entry> condition) {
    return all.stream().filter(condition).map(Entry::channel).toList();
  }

  /** The subchannels of all channels. Any thread. */
  List<ClientConnSnapshot.Subchannel> snapshot() {
    return all.stream()
        .flatMap(entry -> entry.opened().subchannels().get().stream())
        .toList();
  }
}
