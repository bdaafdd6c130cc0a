// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.discovery;

import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Resolves addresses {@code discovery:///<service>} by a discovery client. */
final class DiscoveryNameResolverProvider extends NameResolverProvider {

  static final String SCHEME = "discovery";

  private final ServiceLookUp lookUp;

  private final ActiveResolvers active;

  DiscoveryNameResolverProvider(ServiceLookUp lookUp, ActiveResolvers active) {
    this.lookUp = lookUp;
    this.active = active;
  }

  /**
   * Makes the resolver of a channel.
   *
   * @throws IllegalArgumentException if the address does not name a service
   */
  @Override
  public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args args) {
    if (!SCHEME.equalsIgnoreCase(target.getScheme())) {
      return null;
    }
    String path = target.getPath() == null ? "" : target.getPath();
    String service = path.startsWith("/") ? path.substring(1) : path;
    if (target.getAuthority() != null && service.isEmpty()) {
      throw new IllegalArgumentException(
          "The service has to be behind three slashes. Write discovery:///" + target.getAuthority()
              + ".");
    }
    if (target.getAuthority() != null || service.isEmpty() || service.indexOf('/') >= 0) {
      throw new IllegalArgumentException(
          "It is not the name of one service. Write discovery:///<service>.");
    }
    return new DiscoveryNameResolver(service, this.lookUp, this.active, args);
  }

  @Override
  public String getDefaultScheme() {
    return SCHEME;
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return 5;
  }

  @Override
  public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
    return List.of(InetSocketAddress.class);
  }
}
