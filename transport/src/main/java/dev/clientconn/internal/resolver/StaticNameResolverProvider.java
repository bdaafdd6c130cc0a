// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.resolver;

import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Collection;
import java.util.List;

/**
 * Resolves {@code static://host1:port1,host2:port2}: a fixed list of servers, each looked up by
 * itself. IPv6 addresses are written in brackets. The authority is the first entry, unless
 * overridden; each connection uses its own server's name.
 */
public final class StaticNameResolverProvider extends NameResolverProvider {
  private static final String SCHEME = "static";

  @Override
  public NameResolver newNameResolver(URI targetUri, NameResolver.Args args) {
    return new StaticNameResolver(HostPort.parseList(targetUri.toString(), list(targetUri)), args);
  }

  /** What follows the scheme and its slashes. */
  private static String list(URI uri) {
    if (uri.isOpaque()) {
      return uri.getSchemeSpecificPart();
    }
    String authority = uri.getAuthority();
    String path = uri.getPath() == null ? "" : uri.getPath();
    if (authority != null) {
      return authority + path;
    }
    return path.startsWith("/") ? path.substring(1) : path;
  }

  @Override
  public String getDefaultScheme() {
    return SCHEME;
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  /** Below that of {@code dns}, which stays the default scheme. */
  @Override
  protected int priority() {
    return 4;
  }

  @Override
  public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
    return List.of(InetSocketAddress.class);
  }
}
