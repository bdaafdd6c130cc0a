// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.transport.ClientConnSnapshot;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import java.util.ArrayList;
import java.util.List;

/**
 * Lists the subchannels that have a connection or may get one, in creation order. Written in the
 * sync context only.
 */
@CrossesThreads
public final class AddrConns {
  private final Runnable onTerminated;
  private volatile List<AddrConn> all = List.of();

  /** Runs {@code onTerminated} after a subchannel has terminated and was removed. */
  AddrConns(Runnable onTerminated) {
    this.onTerminated = onTerminated;
  }

  /** Makes a subchannel, which stays in the list until it terminates. */
  AddrConn add(CreateSubchannelArgs args, ChannelContext context, String authority) {
    AddrConn addrConn = new AddrConn(args, context, authority, this::remove);
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

  boolean isEmpty() {
    return all.isEmpty();
  }

  List<AddrConn> all() {
    return all;
  }

  public List<ClientConnSnapshot.Subchannel> snapshot() {
    List<ClientConnSnapshot.Subchannel> snapshots = new ArrayList<>();
    for (AddrConn addrConn : all) {
      snapshots.add(addrConn.view().snapshot());
    }
    return List.copyOf(snapshots);
  }
}
