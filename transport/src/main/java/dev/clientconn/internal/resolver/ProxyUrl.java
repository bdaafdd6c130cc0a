// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.resolver;

import dev.clientconn.transport.TunnelAddress;
import dev.clientconn.transport.TunnelAddress.Protocol;
import io.grpc.HttpConnectProxiedSocketAddress;
import io.grpc.ProxiedSocketAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Parses and holds a proxy as {@code HTTPS_PROXY} names it: {@code
 * [scheme://][user[:password]@]host[:port]}. The schemes and their default ports are {@code http}
 * (80), which is the default, {@code https} (443), {@code socks}, {@code socks4}, {@code socks4a},
 * {@code socks5} and {@code socks5h} (1080). The proxy resolves the names of servers in any case.
 */
record ProxyUrl(
    Protocol protocol,
    String host,
    int port,
    @Nullable String user,
    @Nullable String password) {

  /** Error messages do not contain the value, as it may hold a password. */
  static ProxyUrl parse(String variable, String value) throws IOException {
    URI uri;
    try {
      uri = new URI(value.contains("://") ? value : "http://" + value);
    } catch (URISyntaxException e) {
      throw new IOException(variable + " is not a URL: write http://host:port");
    }
    Protocol protocol = protocol(String.valueOf(uri.getScheme()));
    if (protocol == null) {
      throw new IOException(variable + " names a proxy of scheme '" + uri.getScheme()
          + "', but only http, https, socks4 and socks5 are supported");
    }
    // Parsed here and not by URI, which finds no host in names with underscores.
    String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
    int at = authority.lastIndexOf('@');
    if (value.indexOf('@', value.indexOf(authority) + authority.length()) >= 0) {
      throw new IOException(variable + " has a '/', '?' or '#' in front of its last '@': write %2F,"
          + " %3F or %23 for them in a user or a password");
    }
    HostPort server;
    try {
      server = HostPort.parse(authority.substring(at + 1), defaultPort(protocol));
    } catch (IllegalArgumentException e) {
      throw new IOException(
          variable + " names no host, or no port from 1 to 65535: write http://host:port");
    }
    String[] userInfo = at < 0 ? new String[0] : authority.substring(0, at).split(":", 2);
    return new ProxyUrl(
        protocol,
        server.host(),
        server.port(),
        userInfo.length > 0 ? decoded(userInfo[0]) : null,
        userInfo.length > 1 ? decoded(userInfo[1]) : null);
  }

  private static @Nullable Protocol protocol(String scheme) {
    return switch (scheme.toLowerCase(Locale.ROOT)) {
      case "http" -> Protocol.HTTP;
      case "https" -> Protocol.HTTPS;
      case "socks4", "socks4a" -> Protocol.SOCKS4;
      case "socks", "socks5", "socks5h" -> Protocol.SOCKS5;
      default -> null;
    };
  }

  private static int defaultPort(Protocol protocol) {
    return switch (protocol) {
      case HTTP -> 80;
      case HTTPS -> 443;
      case SOCKS4, SOCKS5 -> 1080;
    };
  }

  /**
   * Looks the proxy up; may block.
   *
   * @throws IOException if it cannot be resolved, or cannot be asked for this target with this
   *     login
   */
  ProxiedSocketAddress to(InetSocketAddress target) throws IOException {
    InetSocketAddress proxy = new InetSocketAddress(host, port);
    if (proxy.isUnresolved()) {
      throw new IOException("the proxy's host " + host + " cannot be resolved");
    }
    if (protocol == Protocol.HTTP) {
      // Also dialers that are written for grpc-java's detector understand this type.
      return HttpConnectProxiedSocketAddress.newBuilder()
          .setProxyAddress(proxy)
          .setTargetAddress(target)
          .setUsername(user)
          .setPassword(user != null && password == null ? "" : password)
          .build();
    }
    try {
      TunnelAddress address = TunnelAddress.through(protocol, proxy, target);
      return user == null ? address : address.withLogin(user, password);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static String decoded(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
