// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.resolver;

import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import java.net.URI;

/** Adapts a {@link NameResolver.Factory}, the deprecated way to set a resolver, to a provider. */
public final class FactoryNameResolverProvider extends NameResolverProvider {
  private final NameResolver.Factory factory;

  private FactoryNameResolverProvider(NameResolver.Factory factory) {
    this.factory = factory;
  }

  /** Makes a registry whose only provider is {@code factory}, so that its scheme is the default. */
  public static NameResolverRegistry registryOf(NameResolver.Factory factory) {
    NameResolverRegistry registry = new NameResolverRegistry();
    registry.register(
        factory instanceof NameResolverProvider provider
            ? provider
            : new FactoryNameResolverProvider(factory));
    return registry;
  }

  @Override
  public NameResolver newNameResolver(URI target, NameResolver.Args args) {
    return factory.newNameResolver(target, args);
  }

  @Override
  public String getDefaultScheme() {
    return factory.getDefaultScheme();
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return 5;
  }
}
