// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.resolver;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/**
 * Resolves {@code unix:relative/path} and {@code unix:///absolute/path} to a unix socket's file.
 */
public final class UnixNameResolverProvider extends UnixResolverProvider {

  /** For {@link java.util.ServiceLoader}. */
  public UnixNameResolverProvider() {
    super(UnixTarget.PATH_SCHEME, UnixDomainSocketAddress.class);
  }

  @Override
  SocketAddress address(String name) {
    return UnixDomainSocketAddress.of(name);
  }
}
