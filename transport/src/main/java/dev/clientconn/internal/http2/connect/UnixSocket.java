// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import dev.clientconn.transport.UnixAbstractAddress;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/** Chooses the channel and the address type for unix sockets: native epoll's or the JDK's. */
final class UnixSocket {

  private UnixSocket() {}

  static boolean is(SocketAddress address) {
    return address instanceof UnixDomainSocketAddress
        || address instanceof UnixAbstractAddress
        || address instanceof DomainSocketAddress;
  }

  static Class<? extends Channel> channelType(boolean epoll) {
    return epoll ? EpollDomainSocketChannel.class : NioDomainSocketChannel.class;
  }

  /**
   * Converts the address to the type that the channel takes.
   *
   * @throws UnsupportedOperationException for an abstract socket without epoll
   */
  static SocketAddress address(SocketAddress address, boolean epoll) {
    String path = path(address);
    if (epoll) {
      return new DomainSocketAddress(path);
    }
    if (path.startsWith("\0")) {
      throw new UnsupportedOperationException("abstract unix sockets need Linux and native epoll:"
          + " add io.netty:netty-transport-native-epoll with the classifier of this machine, or"
          + " use a socket with a path (unix:///path)");
    }
    return UnixDomainSocketAddress.of(path);
  }

  private static String path(SocketAddress address) {
    if (address instanceof UnixAbstractAddress named) {
      return "\0" + named.name();
    }
    return address instanceof DomainSocketAddress netty ? netty.path() : address.toString();
  }
}
