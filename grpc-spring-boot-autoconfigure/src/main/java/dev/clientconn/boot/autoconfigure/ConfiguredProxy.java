// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.transport.TunnelAddress;
import dev.clientconn.transport.TunnelAddress.Protocol;
import io.grpc.HttpConnectProxiedSocketAddress;
import io.grpc.ProxiedSocketAddress;
import io.grpc.ProxyDetector;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Names the proxy of a property for every server of a target. It is called during name
 * resolution, and looks up the proxy each time: its addresses may change. Equal proxies are the
 * same to a channel that gets another configuration.
 *
 * @param protocol what the proxy speaks
 * @param host the host of the proxy
 * @param port the port of the proxy
 * @param loopback whether servers of this machine are reached through the proxy too
 * @param username the user at the proxy
 * @param password the password of the user
 * @param tls the certificates for TLS to the proxy; null for those of the JVM
 * @param property the property with the proxy, for messages
 */
record ConfiguredProxy(
    Protocol protocol,
    String host,
    int port,
    boolean loopback,
    @Nullable String username,
    @Nullable String password,
    @Nullable Supplier<SslContext> tls,
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
    return this.protocol == Protocol.HTTP ? http(proxy, address) : tunnel(proxy, address);
  }

  /** Dialers that are written for grpc-java know this type. */
  private ProxiedSocketAddress http(InetSocketAddress proxy, InetSocketAddress server) {
    HttpConnectProxiedSocketAddress.Builder proxied = HttpConnectProxiedSocketAddress.newBuilder()
        .setProxyAddress(proxy)
        .setTargetAddress(server);
    if (this.username != null) {
      proxied.setUsername(this.username).setPassword(this.password == null ? "" : this.password);
    }
    return proxied.build();
  }

  private ProxiedSocketAddress tunnel(InetSocketAddress proxy, InetSocketAddress server) {
    TunnelAddress proxied = TunnelAddress.through(this.protocol, proxy, server);
    if (this.tls != null) {
      proxied = proxied.withTls(this.tls);
    }
    return this.username == null ? proxied : proxied.withLogin(this.username, this.password);
  }

  /** Without the login. */
  @Override
  public String toString() {
    return this.host + ":" + this.port + this.property;
  }
}
