// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Extracts the hosts of an address from its text, without resolving names. */
final class AddressHosts {

  /** Schemes whose addresses are always on this machine. */
  private static final Set<String> LOCAL_SCHEMES = Set.of("unix", "unix-abstract");

  /** Schemes whose addresses contain the hosts. For other schemes the hosts are unknown. */
  private static final Set<String> HOST_SCHEMES = Set.of("dns", "static");

  private static final Pattern SCHEME = Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]*):(.*)");

  private AddressHosts() {}

  /**
   * Returns the hosts that may be other machines; the whole address if it does not contain its
   * hosts.
   */
  static List<String> remote(String address) {
    Matcher matcher = SCHEME.matcher(address);
    if (!matcher.matches()) {
      return remoteOf(address);
    }
    String scheme = matcher.group(1).toLowerCase(Locale.ROOT);
    String rest = matcher.group(2);
    if (LOCAL_SCHEMES.contains(scheme)) {
      return List.of();
    }
    if (HOST_SCHEMES.contains(scheme)) {
      return remoteOf(hostsOf(scheme, rest));
    }
    return rest.startsWith("//") ? List.of(address) : remoteOf(address);
  }

  /**
   * In {@code dns://authority/host:port} the authority is a DNS server; in other schemes it is the
   * host to connect to.
   */
  private static String hostsOf(String scheme, String rest) {
    if (!rest.startsWith("//")) {
      return rest;
    }
    int slash = rest.indexOf('/', 2);
    String authority = slash < 0 ? rest.substring(2) : rest.substring(2, slash);
    String path = slash < 0 ? "" : rest.substring(slash + 1);
    return authority.isEmpty() || scheme.equals("dns") ? path : authority;
  }

  private static List<String> remoteOf(String hosts) {
    return Arrays.stream(hosts.split(",", -1))
        .map(String::strip)
        .map(AddressHosts::withoutPort)
        .filter(host -> !isLoopback(host))
        .toList();
  }

  private static String withoutPort(String hostAndPort) {
    if (hostAndPort.startsWith("[")) {
      int end = hostAndPort.indexOf(']');
      return end < 0 ? hostAndPort : hostAndPort.substring(1, end);
    }
    int colon = hostAndPort.indexOf(':');
    boolean single = colon >= 0 && colon == hostAndPort.lastIndexOf(':');
    return single ? hostAndPort.substring(0, colon) : hostAndPort;
  }

  static boolean isLoopback(String host) {
    if (host.equalsIgnoreCase("localhost") || host.equalsIgnoreCase("localhost.")) {
      return true;
    }
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
    try {
      return literal != null && InetAddress.getByAddress(literal).isLoopbackAddress();
    } catch (UnknownHostException impossible) {
      return false;
    }
  }
}
