// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import dev.clientconn.transport.UnixAbstractAddress;
import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannelProvider;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Collection;
import java.util.List;

/**
 * Lets {@code ManagedChannelBuilder.forTarget} and {@code Grpc.newChannelBuilder} build a {@link ClientConn}. Found by
 * {@link java.util.ServiceLoader}; not for direct use.
 */
public final class ClientConnProvider extends ManagedChannelProvider {
  /** One above grpc-java's Netty transports, which are 5 and would win a tie by the order of the class path. */
  private static final int PRIORITY = 6;

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return PRIORITY;
  }

  @Override
  protected ClientConnBuilder builderForAddress(String name, int port) {
    return ClientConnBuilder.forAddress(name, port);
  }

  @Override
  protected ClientConnBuilder builderForTarget(String target) {
    return ClientConnBuilder.forTarget(target);
  }

  /** An error for credentials that this transport does not know, so that another provider may be asked. */
  @Override
  protected NewChannelBuilderResult newChannelBuilder(
      String target, ChannelCredentials credentials) {
    try {
      return NewChannelBuilderResult.channelBuilder(
          ClientConnBuilder.forTarget(target, credentials));
    } catch (IllegalArgumentException e) {
      return NewChannelBuilderResult.error(String.valueOf(e.getMessage()));
    }
  }

  @Override
  protected Collection<Class<? extends SocketAddress>> getSupportedSocketAddressTypes() {
    return List.of(
        InetSocketAddress.class,
        UnixDomainSocketAddress.class,
        UnixAbstractAddress.class,
        DomainSocketAddress.class);
  }
}
