// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import dev.clientconn.transport.TunnelAddress;
import io.grpc.HttpConnectProxiedSocketAddress;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/** Formats addresses for error messages. Never includes the login at a proxy. */
final class AddressText {

  private AddressText() {}

  static String of(SocketAddress address) {
    if (address instanceof HttpConnectProxiedSocketAddress) {
      // Its own text has the user and the headers.
      return String.valueOf(TunnelAddress.of(address));
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
