// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.call.TransportSource.PendingPick;
import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.transport.ClientConnSnapshot;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lists the subchannels that have a connection or may get one, in creation order, and the channels
 * that policies have opened beside them. Written in the sync context only.
 */
@CrossesThreads
public final class AddrConns {
  private final Runnable onTerminated;
  private final Consumer<PendingPick> repick;
  private final PolicyChannels policyChannels;
  private final ClusterTls clusterTls = new ClusterTls();
  private volatile List<AddrConn> all = List.of();

  /**
   * @param onTerminated called after a subchannel or a policy's channel has terminated and was
   *     removed
   * @param repick called with each call that waited for a stream slot, when its subchannel has lost
   *     its connections
   */
  AddrConns(Runnable onTerminated, Consumer<PendingPick> repick) {
    this.onTerminated = onTerminated;
    this.repick = repick;
    this.policyChannels = new PolicyChannels(onTerminated);
  }

  /** Makes a subchannel, which stays in the list until it terminates. */
  AddrConn add(CreateSubchannelArgs args, ChannelContext context, String authority) {
    clusterTls.check(args.getAddresses(), context.options().target().text());
    AddrConn addrConn = new AddrConn(args, context, authority, repick, this::remove);
    List<AddrConn> more = new ArrayList<>(all);
    more.add(addrConn);
    all = List.copyOf(more);
    return addrConn;
  }

  private void remove(AddrConn addrConn) {
    List<AddrConn> fewer = new ArrayList<>(all);
    fewer.remove(addrConn);
    all = List.copyOf(fewer);
    onTerminated.run();
  }

  /** Any thread: the queue in which a pick waits for a stream slot, if it does. */
  @Nullable
  SlotQueue queueOf(PendingPick pick) {
    for (AddrConn addrConn : all) {
      SlotQueue queue = addrConn.view().slots();
      if (queue != null && queue.contains(pick)) {
        return queue;
      }
    }
    return null;
  }

  /** The channels of policies. */
  PolicyChannels policyChannels() {
    return policyChannels;
  }

  boolean isEmpty() {
    return all.isEmpty() && policyChannels.isEmpty();
  }

  void shutdownNow(Status reason) {
    all.forEach(addrConn -> addrConn.shutdownNow(reason));
    policyChannels.shutdownNow();
  }

  List<AddrConn> all() {
    return all;
  }

  /** Those of one configuration of the channel. */
  List<AddrConn> of(ChannelContext context) {
    List<AddrConn> found = new ArrayList<>();
    for (AddrConn addrConn : all) {
      if (addrConn.isOf(context)) {
        found.add(addrConn);
      }
    }
    return found;
  }

  public List<ClientConnSnapshot.Subchannel> snapshot() {
    List<ClientConnSnapshot.Subchannel> snapshots = new ArrayList<>();
    for (AddrConn addrConn : all) {
      snapshots.add(addrConn.view().snapshot());
    }
    snapshots.addAll(policyChannels.snapshot());
    return List.copyOf(snapshots);
  }
}
