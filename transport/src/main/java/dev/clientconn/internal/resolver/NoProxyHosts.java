// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.resolver;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides which hosts {@code NO_PROXY} excludes from the proxy: a comma-separated list of
 * {@code *}, {@code example.com} (with its subdomains), {@code .example.com} (only its subdomains),
 * addresses and {@code address/bits}; names and addresses may have a port. Names are not looked up.
 */
record NoProxyHosts(List<NoProxyHosts.Rule> rules) {
  private static final Pattern LITERAL =
      Pattern.compile("[0-9]+(\\.[0-9]+){3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]*");
  private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
  private static final int ANY_PORT = -1;

  /** One entry of the list. */
  interface Rule {

    /** @param address of a host that is an address and not a name */
    boolean excludes(String host, @Nullable InetAddress address, int port);
  }

  static NoProxyHosts parse(@Nullable String list) {
    List<Rule> rules = new ArrayList<>();
    if (list != null) {
      for (String entry : list.toLowerCase(Locale.ROOT).split(",", -1)) {
        String trimmed = entry.strip();
        if (!trimmed.isEmpty()) {
          rules.add(rule(trimmed));
        }
      }
    }
    return new NoProxyHosts(List.copyOf(rules));
  }

  boolean excludes(String host, int port) {
    String name = host.toLowerCase(Locale.ROOT);
    InetAddress address = literal(name);
    return rules.stream().anyMatch(rule -> rule.excludes(name, address, port));
  }

  /** Whether it is this machine, by name or address, which is never reached through a proxy. */
  static boolean isLocal(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    InetAddress address = literal(name);
    return address == null
        ? name.equals("localhost") || name.endsWith(".localhost")
        : address.isLoopbackAddress();
  }

  private static Rule rule(String entry) {
    if (entry.equals("*")) {
      return (host, address, port) -> true;
    }
    int slash = entry.indexOf('/');
    if (slash > 0) {
      return range(literal(entry.substring(0, slash)), entry.substring(slash + 1));
    }
    String host = entry;
    int wantedPort = ANY_PORT;
    int colon = entry.lastIndexOf(':');
    if (literal(entry) == null
        && colon > 0
        && PORT.matcher(entry.substring(colon + 1)).matches()) {
      host = entry.substring(0, colon);
      wantedPort = Integer.parseInt(entry.substring(colon + 1));
    }
    Rule rule = hostRule(host);
    int rulePort = wantedPort;
    return (name, address, port) ->
        (rulePort == ANY_PORT || rulePort == port) && rule.excludes(name, address, port);
  }

  private static Rule hostRule(String entry) {
    InetAddress wanted = literal(entry);
    if (wanted != null) {
      return (host, address, port) -> wanted.equals(address);
    }
    String domain = entry.startsWith("*.") ? entry.substring(1) : entry;
    return domain.startsWith(".")
        ? (host, address, port) -> host.endsWith(domain)
        : (host, address, port) -> host.equals(domain) || host.endsWith("." + domain);
  }

  private static Rule range(@Nullable InetAddress network, String bits) {
    if (network == null || !PORT.matcher(bits).matches()) {
      return (host, address, port) -> false;
    }
    byte[] wanted = network.getAddress();
    int ignored = wanted.length * Byte.SIZE - Integer.parseInt(bits);
    if (ignored < 0) {
      return (host, address, port) -> false;
    }
    BigInteger prefix = new BigInteger(1, wanted).shiftRight(ignored);
    return (host, address, port) -> address != null
        && address.getAddress().length == wanted.length
        && new BigInteger(1, address.getAddress()).shiftRight(ignored).equals(prefix);
  }

  private static @Nullable InetAddress literal(String host) {
    String address =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    int zone = address.indexOf('%');
    String bare = zone < 0 ? address : address.substring(0, zone);
    if (!LITERAL.matcher(bare).matches()) {
      return null;
    }
    try {
      // An address literal needs no look-up.
      return InetAddress.getByName(bare);
    } catch (UnknownHostException e) {
      return null;
    }
  }
}
