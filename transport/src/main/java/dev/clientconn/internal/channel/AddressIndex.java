// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.SyncContextConfined;
import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import java.net.SocketAddress;
import java.util.List;

/** A position in the addresses of a subchannel: a group, and an address of it. */
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
    return groups.stream().mapToInt(each -> each.getAddresses().size()).sum();
  }

  /** Moves on; returns false, at the first address again, if there was no other. */
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

  /** Takes new addresses; returns whether the present one is among them, and stays there, else starts at the first. */
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
