// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import io.grpc.ChannelConfigurator;
import io.grpc.ManagedChannelBuilder;
import io.grpc.NameResolver;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Adds to the builder the method {@code childChannelConfigurator}, which {@link
 * ManagedChannelBuilder} has since grpc-api 1.83.
 *
 * <p>ClientConn is compiled against an older grpc-api, which does not have the type of the
 * parameter; the compiler finds it in {@code src/stubs}. The method is in a class of its own, which
 * {@link ClientConnBuilder} creates only where grpc-api has that type: with an older one,
 * reflection over {@code ClientConnBuilder} (mocks, dependency injection) would otherwise fail with
 * a {@link NoClassDefFoundError}.
 */
final class ChildConfiguratorBuilder extends ClientConnBuilder
    implements ChildConfigurable<ClientConnBuilder> {
  private final ChildConfiguratorMethods methods;
  private List<ChannelConfigurator> configurators = List.of();

  private ChildConfiguratorBuilder(
      String target, ChannelSecurity security, ChildConfiguratorMethods methods) {
    super(target, security);
    this.methods = methods;
  }

  /** Returns the superclass, so that its users need not load this class to be verified. */
  static ClientConnBuilder create(
      String target, ChannelSecurity security, ChildConfiguratorMethods methods) {
    return new ChildConfiguratorBuilder(target, security, methods);
  }

  /**
   * Configures the channels that this channel opens for itself: those of load-balancing policies
   * and those of name resolvers, such as the channel to an xDS control plane. Each call adds a
   * configurator; they run in this order, after what the child inherits was set.
   */
  @Override
  public ClientConnBuilder childChannelConfigurator(ChannelConfigurator configurator) {
    Objects.requireNonNull(configurator, "configurator");
    configurators =
        Stream.concat(configurators.stream(), Stream.of(configurator)).toList();
    return childOptions(new Configurators(configurators, methods));
  }

  /** One configurator of several, as child channels and name resolvers get it. */
  private record Configurators(List<ChannelConfigurator> all, ChildConfiguratorMethods methods)
      implements ChannelConfigurator, ChildChannelOptions {
    @Override
    public void configureChannelBuilder(ManagedChannelBuilder<?> builder) {
      all.forEach(one -> one.configureChannelBuilder(builder));
    }

    @Override
    public void configure(ManagedChannelBuilder<?> child) {
      configureChannelBuilder(child);
      methods.setOnBuilder(child, this);
    }

    @Override
    public void addTo(NameResolver.Args.Builder args) {
      methods.setOnArgs(args, this);
    }
  }
}
