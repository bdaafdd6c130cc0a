// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.transport.TunnelAddress;
import io.grpc.EquivalentAddressGroup;
import io.grpc.HttpConnectProxiedSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.stream.Collectors;

/** Describes addresses for events. Never includes the user or the password of a proxy. */
final class AddressTexts {

  /** More address groups than this are counted, and not listed. */
  static final int LISTED = 3;

  private AddressTexts() {}

  /** Describes an address, a list of address groups, or what has a text of its own. */
  static String describe(Object detail) {
    if (detail instanceof SocketAddress address) {
      return describe(address);
    }
    return detail instanceof List<?> groups ? describe(groups) : String.valueOf(detail);
  }

  private static String describe(SocketAddress address) {
    return address instanceof HttpConnectProxiedSocketAddress
        // Its own text has the user and the headers.
        ? String.valueOf(TunnelAddress.of(address))
        : address.toString();
  }

  static String describe(List<?> groups) {
    String first = groups.stream()
        .limit(LISTED)
        .flatMap(
            group -> ((EquivalentAddressGroup) group).getAddresses().stream().limit(LISTED))
        .map(AddressTexts::describe)
        .collect(Collectors.joining(", "));
    return groups.size()
        + (groups.size() == 1 ? " address: " : " addresses: ")
        + first
        + (groups.size() > LISTED ? ", …" : "");
  }
}
