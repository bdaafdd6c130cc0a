// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.resolver;

import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Collection;
import java.util.List;

/** Resolves the targets of one scheme to the unix socket that they name. */
abstract class UnixResolverProvider extends NameResolverProvider {
  private final String scheme;
  private final Class<? extends SocketAddress> addressType;

  UnixResolverProvider(String scheme, Class<? extends SocketAddress> addressType) {
    this.scheme = scheme;
    this.addressType = addressType;
  }

  abstract SocketAddress address(String name);

  @Override
  public NameResolver newNameResolver(URI targetUri, NameResolver.Args args) {
    return new SingleAddressNameResolver(UnixTarget.AUTHORITY, address(UnixTarget.name(targetUri)));
  }

  @Override
  public String getDefaultScheme() {
    return scheme;
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  /**
   * Below grpc-java's own resolver of {@code unix}, whose addresses this transport accepts, too:
   * the Netty channels of grpc-java would not understand ours.
   */
  @Override
  protected int priority() {
    return 2;
  }

  @Override
  public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
    return List.of(addressType);
  }
}
