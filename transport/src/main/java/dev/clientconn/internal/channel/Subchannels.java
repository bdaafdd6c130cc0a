// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.threading.CrossesThreads;
import dev.clientconn.transport.ClientConnSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The subchannels that have a connection or may get one, in creation order. Written in the sync context only. */
@CrossesThreads
public final class Subchannels {
  private final List<AddrConn> all = new CopyOnWriteArrayList<>();

  void add(AddrConn addrConn) {
    all.add(addrConn);
  }

  void remove(AddrConn addrConn) {
    all.remove(addrConn);
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  List<AddrConn> all() {
    return List.copyOf(all);
  }

  public List<ClientConnSnapshot.Subchannel> snapshot() {
    List<ClientConnSnapshot.Subchannel> snapshots = new ArrayList<>();
    for (AddrConn addrConn : all) {
      snapshots.add(addrConn.view().snapshot());
    }
    return List.copyOf(snapshots);
  }
}
