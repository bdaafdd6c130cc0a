// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import io.grpc.HttpConnectProxiedSocketAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A proxy as {@code HTTPS_PROXY} names it: {@code [http://][user[:password]@]host[:port]}, port 80 by default. TLS to the
 * proxy itself and SOCKS are not spoken.
 */
record ProxyUrl(
    String host, int port, @Nullable String user, @Nullable String password) {
  private static final int DEFAULT_PORT = 80;

  /** The exceptions' messages leave the value out, as it may hold a password. */
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
    if (uri.getHost() == null) {
      throw new IOException(variable + " names no host: write http://host:port");
    }
    String host = uri.getHost();
    String[] userInfo =
        uri.getRawUserInfo() == null ? new String[0] : uri.getRawUserInfo().split(":", 2);
    return new ProxyUrl(
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
        uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
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
