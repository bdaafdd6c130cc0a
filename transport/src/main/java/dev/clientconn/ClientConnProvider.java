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
 * <p>With the system property {@code dev.clientconn.provider.preferred=true} it builds those
 * channels where grpc-netty is present, too. The property is read once, when io.grpc first looks
 * for providers.
 */
public final class ClientConnProvider extends ManagedChannelProvider {
  private static final String PREFERRED = "dev.clientconn.provider.preferred";

  /**
   * Below the 5 of grpc-netty and its shaded copy, above the 3 of grpc-okhttp: adding this library
   * to an application must not replace the channels of other libraries.
   */
  private static final int PRIORITY = 4;

  /** Above grpc-netty's: the order of the class path would decide a tie. */
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

  /** Returns an error for unknown credentials, so that io.grpc tries the next provider. */
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
