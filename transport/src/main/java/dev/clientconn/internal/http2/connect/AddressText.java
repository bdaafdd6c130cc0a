// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import io.grpc.HttpConnectProxiedSocketAddress;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/** Formats addresses for error messages. Never includes the user or password of a proxy. */
final class AddressText {

  private AddressText() {}

  static String of(SocketAddress address) {
    if (address instanceof HttpConnectProxiedSocketAddress proxied) {
      return of(proxied.getTargetAddress()) + " through the proxy " + of(proxied.getProxyAddress());
    }
    if (address instanceof InetSocketAddress inet && inet.isUnresolved()) {
      return inet.getHostString() + ":" + inet.getPort();
    }
    if (address instanceof UnixDomainSocketAddress || address instanceof DomainSocketAddress) {
      return "unix:" + address;
    }
    return address.toString();
  }
}
