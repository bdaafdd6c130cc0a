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
 * resolution, and looks up the proxy each time: its addresses may change. Equal proxies are the
 * same to a channel that gets another configuration.
 *
 * @param host the host of the proxy
 * @param port the port of the proxy
 * @param loopback whether servers of this machine are reached through the proxy too
 * @param username the user at the proxy
 * @param password the password of the user
 * @param property the property with the proxy, for messages
 */
record ConfiguredProxy(
    String host,
    int port,
    boolean loopback,
    @Nullable String username,
    @Nullable String password,
    String property)
    implements ProxyDetector {

  @Override
  public @Nullable ProxiedSocketAddress proxyFor(SocketAddress server) throws IOException {
    if (!(server instanceof InetSocketAddress address)
        || (!this.loopback && AddressHosts.isLoopback(address.getHostString()))) {
      return null;
    }
    InetSocketAddress proxy = new InetSocketAddress(this.host, this.port);
    if (proxy.isUnresolved()) {
      throw new IOException("the host of the proxy %s cannot be resolved".formatted(this));
    }
    HttpConnectProxiedSocketAddress.Builder proxied = HttpConnectProxiedSocketAddress.newBuilder()
        .setProxyAddress(proxy)
        .setTargetAddress(address);
    if (this.username != null) {
      proxied.setUsername(this.username).setPassword(this.password == null ? "" : this.password);
    }
    return proxied.build();
  }

  /** Without the password. */
  @Override
  public String toString() {
    return this.host + ":" + this.port + this.property;
  }
}
