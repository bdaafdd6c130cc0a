// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import java.util.ArrayList;
import java.util.List;

/**
 * A server's name or address, without brackets, and port.
 *
 * @param host a name, an IPv4 or an IPv6 address
 * @param port 1 to 65535
 */
record HostPort(String host, int port) {
  private static final int MAX_PORT = 65_535;

  /**
   * @param target for error messages
   * @throws IllegalArgumentException naming the first entry that is wrong
   */
  static List<HostPort> parseList(String target, String list) {
    List<HostPort> parsed = new ArrayList<>();
    for (String entry : list.split(",", -1)) {
      parsed.add(parse(target, entry.strip()));
    }
    return List.copyOf(parsed);
  }

  private static HostPort parse(String target, String entry) {
    int colon = entry.lastIndexOf(':');
    String host = colon < 0 ? entry : entry.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]") && host.length() > 2) {
      host = host.substring(1, host.length() - 1);
    } else if (entry.startsWith("[")) {
      throw wrong(target, "'" + entry + "' has no port");
    } else if (host.indexOf(':') >= 0) {
      throw wrong(target, "'" + entry + "' is an IPv6 address without brackets");
    }
    if (host.isEmpty()) {
      throw wrong(target, entry.isEmpty() ? "an entry is empty" : "'" + entry + "' has no host");
    }
    if (colon < 0 || colon == entry.length() - 1) {
      throw wrong(target, "'" + entry + "' has no port");
    }
    return new HostPort(host, port(target, entry, entry.substring(colon + 1)));
  }

  private static int port(String target, String entry, String text) {
    try {
      int port = Integer.parseInt(text);
      if (port >= 1 && port <= MAX_PORT) {
        return port;
      }
    } catch (NumberFormatException ignored) {
      // Reported below, as is a number out of range.
    }
    throw wrong(
        target, "'" + entry + "' has port '" + text + "', which is not a number from 1 to 65535");
  }

  private static IllegalArgumentException wrong(String target, String what) {
    return new IllegalArgumentException("Target '" + target + "': " + what
        + "; write static://host1:port1,host2:port2 or static://[ipv6]:port");
  }

  /** As it stands in an authority. */
  String authority() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
