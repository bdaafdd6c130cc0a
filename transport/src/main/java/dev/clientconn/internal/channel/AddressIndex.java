// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.threading.SyncContextConfined;
import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;

/** A position in the flattened addresses of a subchannel. */
@SyncContextConfined
final class AddressIndex {
  private record Entry(SocketAddress address, Attributes attributes) {}

  private List<Entry> entries;
  private int position;

  AddressIndex(List<EquivalentAddressGroup> groups) {
    this.entries = flatten(groups);
  }

  SocketAddress address() {
    return entries.get(position).address();
  }

  Attributes attributes() {
    return entries.get(position).attributes();
  }

  int size() {
    return entries.size();
  }

  /** Moves on; returns false, at the first address again, if there was no other. */
  boolean next() {
    position++;
    if (position < entries.size()) {
      return true;
    }
    position = 0;
    return false;
  }

  void reset() {
    position = 0;
  }

  /** Takes new addresses; returns whether the present one is among them, and stays there, else starts at the first. */
  boolean update(List<EquivalentAddressGroup> groups) {
    SocketAddress present = address();
    entries = flatten(groups);
    for (position = 0; position < entries.size(); position++) {
      if (entries.get(position).address().equals(present)) {
        return true;
      }
    }
    position = 0;
    return false;
  }

  private static List<Entry> flatten(List<EquivalentAddressGroup> groups) {
    List<Entry> entries = new ArrayList<>(groups.size());
    for (EquivalentAddressGroup group : groups) {
      for (SocketAddress address : group.getAddresses()) {
        entries.add(new Entry(address, group.getAttributes()));
      }
    }
    if (entries.isEmpty()) {
      throw new IllegalArgumentException(
          "A subchannel needs at least one address, but got " + groups);
    }
    return entries;
  }
}
