// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.resolver;

import java.net.IDN;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses and holds a server's name or address, and its port. The operating system decides whether a
 * name can be resolved: only ASCII characters that no name has are refused. RFC 1123 allows
 * letters, digits, dashes and dots; underscores are common besides.
 *
 * @param host a name, an IPv4 or an IPv6 address without brackets, the latter perhaps with a zone;
 *     internationalised names as {@code xn--...}, which is what TLS and HTTP use
 * @param port 1 to 65535
 */
record HostPort(String host, int port) {
  private static final int MAX_PORT = 65_535;
  private static final int REQUIRED = 0;
  private static final String PORT_ONLY = "\\d+";
  private static final Pattern NOT_A_NAME = Pattern.compile("[\\p{ASCII}&&[^\\w.-]]");
  /** Entries have a colon before the port. */
  private static final Pattern NOT_A_HOST = Pattern.compile("[\\p{ASCII}&&[^\\w.:-]]");

  /** The operating system decides on the details, and on the names of zones. */
  private static final Pattern IPV6 = Pattern.compile("[\\p{XDigit}:.]*:[\\p{XDigit}:.]*(%.+)?");

  /** RFC 6874: in a URI the percent sign before a zone is escaped. */
  private static final String ESCAPED_ZONE = "%25(?=.)";

  /**
   * Parses a comma-separated list of servers, each with a port.
   *
   * @param target for error messages
   * @throws IllegalArgumentException naming the first entry that is wrong
   */
  static List<HostPort> parseList(String target, String list) {
    List<HostPort> parsed = new ArrayList<>();
    for (String entry : list.split(",", -1)) {
      try {
        parsed.add(parse(entry.strip(), REQUIRED));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("Target '" + target + "': " + e.getMessage()
            + "; write static://host1:port1,host2:port2 or static://[ipv6]:port");
      }
    }
    return List.copyOf(parsed);
  }

  /**
   * Parses the server of a {@code dns} target, with or without slashes after the scheme.
   *
   * @throws IllegalArgumentException saying what is wrong and what to write
   */
  static HostPort parseDns(String target, URI uri, int defaultPort) {
    String name = uri.isOpaque() ? uri.getSchemeSpecificPart() : uri.getPath();
    if (uri.isOpaque() && name.matches(PORT_ONLY)) {
      throw new IllegalArgumentException("Target '" + target + "' names a scheme and a port but no"
          + " host; write dns:///host:" + name + ", or dns:///dns:" + name
          + " if the host's name is dns");
    }
    try {
      return parse(name.startsWith("/") ? name.substring(1) : name, defaultPort);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("Target '" + target + "': " + e.getMessage()
          + "; write host:port, dns:///host:port or dns:///[ipv6]:port");
    }
  }

  /**
   * Parses one server. Error messages do not name the list that it is from.
   *
   * @param defaultPort where the entry has none
   */
  static HostPort parse(String entry, int defaultPort) {
    int bracket = entry.startsWith("[") ? entry.indexOf(']') : -1;
    int colon = entry.indexOf(':', bracket + 1);
    String host = colon < 0 ? entry : entry.substring(0, colon);
    if (entry.isEmpty()) {
      throw new IllegalArgumentException("an entry is empty");
    }
    checkCharacters(entry, bracket > 1 ? entry.substring(bracket + 1) : entry, NOT_A_HOST);
    if (colon >= 0 && entry.indexOf(':', colon + 1) >= 0 && bracket < 0) {
      throw new IllegalArgumentException("'" + entry + "' is an IPv6 address without brackets");
    }
    if (host.isEmpty()) {
      throw new IllegalArgumentException("'" + entry + "' has no host");
    }
    if (bracket > 1 && bracket == host.length() - 1) {
      host = host.substring(1, bracket).replaceFirst(ESCAPED_ZONE, "%");
      if (!IPV6.matcher(host).matches()) {
        throw new IllegalArgumentException("'" + entry + "' has no IPv6 address in its brackets");
      }
    }
    String ascii = ascii(host);
    if (bracket < 0 && !ascii.equals(host)) {
      // Wide forms of ASCII characters become ASCII: a wide colon would separate no port.
      checkCharacters(entry, ascii, NOT_A_NAME);
    }
    return new HostPort(
        ascii, port(entry, colon < 0 ? "" : entry.substring(colon + 1), defaultPort));
  }

  private static void checkCharacters(String entry, String text, Pattern excluded) {
    Matcher refused = excluded.matcher(text);
    if (refused.find()) {
      throw new IllegalArgumentException(
          "'" + entry + "' is no host and port: no host name has '" + refused.group() + "'");
    }
  }

  private static String ascii(String host) {
    boolean ascii = true;
    for (int i = 0; i < host.length(); i++) {
      ascii &= host.charAt(i) < 128;
    }
    if (ascii) {
      return host;
    }
    try {
      return IDN.toASCII(host, IDN.ALLOW_UNASSIGNED);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + host + "' is no host name: " + e.getMessage());
    }
  }

  private static int port(String entry, String text, int defaultPort) {
    if (text.isEmpty() && defaultPort == REQUIRED) {
      throw new IllegalArgumentException("'" + entry + "' has no port");
    }
    try {
      int port = text.isEmpty() ? defaultPort : Integer.parseInt(text);
      if (port >= 1 && port <= MAX_PORT) {
        return port;
      }
    } catch (NumberFormatException ignored) {
      // Reported below, as is a number out of range.
    }
    throw new IllegalArgumentException(
        "'" + entry + "' has port '" + text + "', which is not a number from 1 to 65535");
  }

  /** The form that an authority has: an IPv6 address in brackets. */
  String authority() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
