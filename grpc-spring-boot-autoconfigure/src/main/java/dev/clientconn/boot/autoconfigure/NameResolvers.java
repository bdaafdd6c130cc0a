// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConnBuilder;
import io.grpc.NameResolverProvider;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Selects the name resolver of an address: the {@link NameResolverProvider} bean that has its
 * scheme. The bean is used for the channels of this application only, without the registry of the
 * JVM, whose providers resolve all other addresses.
 */
final class NameResolvers {

  private final ObjectProvider<NameResolverProvider> beans;

  NameResolvers(ObjectProvider<NameResolverProvider> beans) {
    this.beans = beans;
  }

  /** Whether a bean resolves the address. */
  boolean isResolvedByBean(String address) {
    return find(address) != null;
  }

  // The alternative is to register the provider for all channels of the JVM.
  @SuppressWarnings("deprecation")
  void apply(String address, ClientConnBuilder builder) {
    NameResolverProvider bean = find(address);
    if (bean != null) {
      builder.nameResolverFactory(bean);
    }
  }

  private @Nullable NameResolverProvider find(String address) {
    int colon = address.indexOf(':');
    String scheme = colon < 0 ? "" : address.substring(0, colon);
    return this.beans
        .orderedStream()
        .filter(bean -> scheme.equalsIgnoreCase(bean.getDefaultScheme()))
        .findFirst()
        .orElse(null);
  }
}
