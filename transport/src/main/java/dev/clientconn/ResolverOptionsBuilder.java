// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import dev.clientconn.internal.resolver.DefaultProxyDetector;
import dev.clientconn.internal.resolver.FactoryNameResolverProvider;
import io.grpc.ManagedChannelBuilder;
import io.grpc.NameResolver;
import io.grpc.NameResolverRegistry;
import io.grpc.ProxyDetector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Collects the options of name resolution: who does it, with which arguments, through which proxy.
 *
 * @param <B> the builder that the methods return
 */
abstract class ResolverOptionsBuilder<B extends ManagedChannelBuilder<B>>
    extends RecordingOptionsBuilder<B> {
  private final List<ResolverArg<?>> resolverArgs = new ArrayList<>();
  private @Nullable ProxyDetector proxyDetector;
  private NameResolver.@Nullable Factory resolverFactory;

  /** Two builders with the same argument ask for the same. */
  private record ResolverArg<T>(NameResolver.Args.Key<T> key, T value)
      implements Consumer<NameResolver.Args.Builder> {
    @Override
    public void accept(NameResolver.Args.Builder args) {
      args.setArg(key, value);
    }
  }

  ResolverOptionsBuilder(ChannelSecurity security) {
    super(security);
  }

  /**
   * Sets which proxy leads to a server, if any. Called during name resolution; may block. It may
   * return a {@link dev.clientconn.transport.TunnelAddress} for HTTP proxies with and without TLS
   * and for SOCKS, or an {@link io.grpc.HttpConnectProxiedSocketAddress}; another type needs a
   * {@linkplain #dialer(dev.clientconn.transport.Dialer) dialer} that connects to it.
   *
   * @param proxyDetector {@code null} restores the default: {@code -Dhttps.proxyHost} or
   *     {@code -DsocksProxyHost}, or else {@code HTTPS_PROXY} and {@code NO_PROXY}, or else Java's
   *     {@code ProxySelector}, never for loopback addresses. There is no default when a custom
   *     {@linkplain #dialer(dev.clientconn.transport.Dialer) dialer} is set
   */
  @Override
  public B proxyDetector(@Nullable ProxyDetector proxyDetector) {
    this.proxyDetector = proxyDetector;
    return self();
  }

  /** Passes an argument of the application's own to the name resolver. */
  @Override
  public <X> B setNameResolverArg(NameResolver.Args.Key<X> key, X value) {
    resolverArgs.add(new ResolverArg<>(key, value));
    return self();
  }

  /**
   * Makes {@code factory} the channel's only source of name resolvers; its default scheme is the
   * one of targets without a scheme. {@code null} restores the default: the providers on the class
   * path.
   *
   * @deprecated as in grpc-java: register a {@code NameResolverProvider} and name its scheme in the
   *     target
   */
  @Override
  @Deprecated
  public B nameResolverFactory(NameResolver.@Nullable Factory factory) {
    resolverFactory = factory;
    return self();
  }

  final NameResolver.@Nullable Factory resolverFactory() {
    return resolverFactory;
  }

  /**
   * Lists what adds to the arguments of name resolvers.
   *
   * @param children what resolvers do to the channels that they open
   */
  final List<Consumer<NameResolver.Args.Builder>> resolverArgs(
      @Nullable ChildChannelOptions children) {
    List<Consumer<NameResolver.Args.Builder>> all = new ArrayList<>(resolverArgs);
    if (children != null) {
      all.add(children::addTo);
    }
    return List.copyOf(all);
  }

  /** Has every option of name resolution that is set. */
  final List<@Nullable Object> resolverKey() {
    return Arrays.asList(proxyDetector, resolverFactory, List.copyOf(resolverArgs));
  }

  final @Nullable ProxyDetector configuredProxies() {
    return proxyDetector;
  }

  final NameResolverRegistry resolvers() {
    return resolverFactory == null
        ? NameResolverRegistry.getDefaultRegistry()
        : FactoryNameResolverProvider.registryOf(resolverFactory);
  }

  /**
   * A custom dialer has its own way to the server: only an explicit detector adds a proxy to it.
   */
  final ProxyDetector proxies() {
    if (proxyDetector != null) {
      return proxyDetector;
    }
    return dialer() == null ? DefaultProxyDetector.SYSTEM : address -> null;
  }
}
