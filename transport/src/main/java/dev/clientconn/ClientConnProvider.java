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
 * Builds a {@link ClientConn} for {@code ManagedChannelBuilder.forTarget}, {@code forAddress} and
 * {@code Grpc.newChannelBuilder}, where neither grpc-netty nor its shaded copy is on the class
 * path. Found by {@link java.util.ServiceLoader}; not for direct use.
 *
 * <p>The system property {@code dev.clientconn.provider.preferred=true} lets it build those
 * channels where grpc-netty is present, too. It is read once, when io.grpc first looks for
 * providers.
 */
public final class ClientConnProvider extends ManagedChannelProvider {
  private static final String PREFERRED = "dev.clientconn.provider.preferred";

  /**
   * Below the 5 of grpc-netty and its shaded copy, above the 3 of grpc-okhttp: a library that is
   * added to an application must not replace the channels of the others.
   */
  private static final int PRIORITY = 4;

  /** A tie with grpc-netty would be decided by the order of the class path. */
  private static final int PREFERRED_PRIORITY = 6;

  /** Creates the provider; {@link java.util.ServiceLoader} calls it. */
  public ClientConnProvider() {}

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return Boolean.getBoolean(PREFERRED) ? PREFERRED_PRIORITY : PRIORITY;
  }

  @Override
  protected ClientConnBuilder builderForAddress(String name, int port) {
    return ClientConnBuilder.forAddress(name, port);
  }

  @Override
  protected ClientConnBuilder builderForTarget(String target) {
    return ClientConnBuilder.forTarget(target);
  }

  /**
   * An error for credentials that this transport does not know, so that another provider may be
   * asked.
   */
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
