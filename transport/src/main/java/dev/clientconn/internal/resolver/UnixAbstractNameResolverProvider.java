// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.resolver;

import dev.clientconn.transport.UnixAbstractAddress;
import java.net.SocketAddress;

/** Resolves {@code unix-abstract:name} to a unix socket of Linux's abstract namespace. */
public final class UnixAbstractNameResolverProvider extends UnixResolverProvider {

  /** For {@link java.util.ServiceLoader}. */
  public UnixAbstractNameResolverProvider() {
    super(UnixTarget.ABSTRACT_SCHEME, UnixAbstractAddress.class);
  }

  @Override
  SocketAddress address(String name) {
    return new UnixAbstractAddress(name);
  }
}
