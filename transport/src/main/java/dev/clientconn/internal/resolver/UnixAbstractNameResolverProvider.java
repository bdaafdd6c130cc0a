// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.resolver;

import dev.clientconn.transport.UnixAbstractAddress;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Collection;
import java.util.List;

/** Resolves {@code unix-abstract:name} to a unix socket of Linux's abstract namespace. */
public final class UnixAbstractNameResolverProvider extends NameResolverProvider {

  @Override
  public NameResolver newNameResolver(URI targetUri, NameResolver.Args args) {
    return new SingleAddressNameResolver(
        UnixTarget.AUTHORITY, new UnixAbstractAddress(UnixTarget.name(targetUri)));
  }

  @Override
  public String getDefaultScheme() {
    return UnixTarget.ABSTRACT_SCHEME;
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return 2;
  }

  @Override
  public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
    return List.of(UnixAbstractAddress.class);
  }
}
