// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import io.grpc.HttpConnectProxiedSocketAddress;
import io.grpc.ProxiedSocketAddress;
import io.grpc.ProxyDetector;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Names the HTTP proxy of a property for every server of a target. It is called during name
 * resolution, and looks up the proxy each time: its addresses may change.
 */
final class ConfiguredProxy implements ProxyDetector {

  private final String host;

  private final int port;

  /** Whether servers of this machine are reached through the proxy too. */
  private final boolean loopback;

  private final @Nullable String username;

  private final @Nullable String password;

  /** The property, for messages. */
  private final String property;

  ConfiguredProxy(String host, int port, boolean loopback, ProxySettings login, String property) {
    this.host = host;
    this.port = port;
    this.loopback = loopback;
    this.username = login.getUsername();
    this.password = login.getPassword();
    this.property = property;
  }

  @Override
  public @Nullable ProxiedSocketAddress proxyFor(SocketAddress server) throws IOException {
    if (!(server instanceof InetSocketAddress address)
        || (!this.loopback && AddressHosts.isLoopback(address.getHostString()))) {
      return null;
    }
    InetSocketAddress proxy = new InetSocketAddress(this.host, this.port);
    if (proxy.isUnresolved()) {
      throw new IOException(
          "the host of the proxy %s:%d cannot be resolved%s".formatted(host, port, property));
    }
    HttpConnectProxiedSocketAddress.Builder proxied = HttpConnectProxiedSocketAddress.newBuilder()
        .setProxyAddress(proxy)
        .setTargetAddress(address);
    if (this.username != null) {
      proxied.setUsername(this.username).setPassword(this.password == null ? "" : this.password);
    }
    return proxied.build();
  }
}
