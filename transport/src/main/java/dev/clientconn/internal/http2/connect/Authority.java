// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

/**
 * Parses an authority into host and port (RFC 3986 section 3.2). The host is sent as SNI and must
 * be among the names of the server's certificate.
 *
 * @param host a name or an address, IPv6 without brackets
 * @param port -1 if there is none
 */
record Authority(String host, int port) {

  static Authority parse(String authority) {
    String hostPort = authority.substring(authority.lastIndexOf('@') + 1);
    int colon = hostPort.lastIndexOf(':');
    int bracket = hostPort.lastIndexOf(']');
    if (bracket > 0 && hostPort.charAt(0) == '[') {
      String host = hostPort.substring(1, bracket);
      return new Authority(host, colon > bracket ? port(hostPort.substring(colon + 1)) : -1);
    }
    if (colon < 0 || hostPort.indexOf(':') != colon) {
      // No port, or an IPv6 address without brackets.
      return new Authority(hostPort, -1);
    }
    return new Authority(hostPort.substring(0, colon), port(hostPort.substring(colon + 1)));
  }

  private static int port(String digits) {
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
