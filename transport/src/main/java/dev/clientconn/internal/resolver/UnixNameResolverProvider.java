// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.resolver;

import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.util.Collection;
import java.util.List;

/** Resolves {@code unix:relative/path} and {@code unix:///absolute/path} to a unix socket's file. */
public final class UnixNameResolverProvider extends NameResolverProvider {

  @Override
  public NameResolver newNameResolver(URI targetUri, NameResolver.Args args) {
    return new SingleAddressNameResolver(
        UnixTarget.AUTHORITY, UnixDomainSocketAddress.of(UnixTarget.name(targetUri)));
  }

  @Override
  public String getDefaultScheme() {
    return UnixTarget.PATH_SCHEME;
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  /**
   * Below grpc-java's own resolver of this scheme, whose addresses this transport takes too: the Netty channels of
   * grpc-java would not understand ours.
   */
  @Override
  protected int priority() {
    return 2;
  }

  @Override
  public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
    return List.of(UnixDomainSocketAddress.class);
  }
}
