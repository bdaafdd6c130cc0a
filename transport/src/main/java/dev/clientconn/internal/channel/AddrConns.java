// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.transport.ClientConnSnapshot;
import java.util.ArrayList;
import java.util.List;

/** The subchannels that have a connection or may get one, in creation order. Written in the sync context only. */
@CrossesThreads
public final class AddrConns {
  private volatile List<AddrConn> all = List.of();

  void add(AddrConn addrConn) {
    List<AddrConn> more = new ArrayList<>(all);
    more.add(addrConn);
    all = List.copyOf(more);
  }

  void remove(AddrConn addrConn) {
    List<AddrConn> fewer = new ArrayList<>(all);
    fewer.remove(addrConn);
    all = List.copyOf(fewer);
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
