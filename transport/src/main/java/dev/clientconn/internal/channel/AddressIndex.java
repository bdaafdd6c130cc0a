// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.SyncContextConfined;
import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import java.net.SocketAddress;
import java.util.List;

/** Steps through the addresses of a subchannel, group by group. */
@SyncContextConfined
final class AddressIndex {
  private List<EquivalentAddressGroup> groups;
  private int group;
  private int position;

  AddressIndex(List<EquivalentAddressGroup> groups) {
    this.groups = checked(groups);
  }

  SocketAddress address() {
    return groups.get(group).getAddresses().get(position);
  }

  Attributes attributes() {
    return groups.get(group).getAttributes();
  }

  /** How many addresses there are. */
  int size() {
    int size = 0;
    for (EquivalentAddressGroup each : groups) {
      size += each.getAddresses().size();
    }
    return size;
  }

  /** Moves to the next address; after the last one to the first, and returns false. */
  boolean next() {
    position++;
    if (position < groups.get(group).getAddresses().size()) {
      return true;
    }
    position = 0;
    group++;
    if (group < groups.size()) {
      return true;
    }
    group = 0;
    return false;
  }

  void reset() {
    group = 0;
    position = 0;
  }

  /** Replaces the addresses; stays at the present one and returns true if it is among them. */
  boolean update(List<EquivalentAddressGroup> next) {
    SocketAddress present = address();
    groups = checked(next);
    for (group = 0; group < groups.size(); group++) {
      position = groups.get(group).getAddresses().indexOf(present);
      if (position >= 0) {
        return true;
      }
    }
    reset();
    return false;
  }

  private static List<EquivalentAddressGroup> checked(List<EquivalentAddressGroup> groups) {
    if (groups.isEmpty()) {
      throw new IllegalArgumentException(
          "A subchannel needs at least one address, but got " + groups);
    }
    return groups;
  }
}
