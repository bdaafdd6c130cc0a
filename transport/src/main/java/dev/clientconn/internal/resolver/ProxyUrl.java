// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.resolver;

import io.grpc.HttpConnectProxiedSocketAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Parses and holds a proxy as {@code HTTPS_PROXY} names it: {@code
 * [http://][user[:password]@]host[:port]}, port 80 by default. Neither TLS to the proxy itself nor
 * SOCKS is supported.
 */
record ProxyUrl(
    String host, int port, @Nullable String user, @Nullable String password) {
  private static final int DEFAULT_PORT = 80;

  /** Error messages do not contain the value, as it may hold a password. */
  static ProxyUrl parse(String variable, String value) throws IOException {
    URI uri;
    try {
      uri = new URI(value.contains("://") ? value : "http://" + value);
    } catch (URISyntaxException e) {
      throw new IOException(variable + " is not a URL: write http://host:port");
    }
    if (!"http".equalsIgnoreCase(uri.getScheme())) {
      throw new IOException(variable + " names a proxy of scheme '" + uri.getScheme()
          + "', but only http:// proxies are supported (TLS to the server goes through them)");
    }
    // Parsed here and not by URI, which finds no host in names with underscores.
    String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
    int at = authority.lastIndexOf('@');
    HostPort server;
    try {
      server = HostPort.parse(authority.substring(at + 1), DEFAULT_PORT);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          variable + " names no host, or no port from 1 to 65535: write" + " http://host:port");
    }
    String[] userInfo = at < 0 ? new String[0] : authority.substring(0, at).split(":", 2);
    return new ProxyUrl(
        server.host(),
        server.port(),
        userInfo.length > 0 ? decoded(userInfo[0]) : null,
        userInfo.length > 1 ? decoded(userInfo[1]) : null);
  }

  /** Looks the proxy up; may block. */
  HttpConnectProxiedSocketAddress to(InetSocketAddress target) throws IOException {
    InetSocketAddress proxy = new InetSocketAddress(host, port);
    if (proxy.isUnresolved()) {
      throw new IOException("the proxy's host " + host + " cannot be resolved");
    }
    HttpConnectProxiedSocketAddress.Builder address = HttpConnectProxiedSocketAddress.newBuilder()
        .setProxyAddress(proxy)
        .setTargetAddress(target);
    if (user != null) {
      address.setUsername(user).setPassword(password == null ? "" : password);
    }
    return address.build();
  }

  private static String decoded(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
