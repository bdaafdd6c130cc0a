// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.ClientConnBuilderCustomizer;
import dev.clientconn.boot.ClientConnFactory;
import dev.clientconn.boot.autoconfigure.interceptor.InterceptorBeans;
import dev.clientconn.boot.autoconfigure.interceptor.TargetInterceptors;
import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Builds channels from {@code grpc.client}. Four layers are applied in this order, and a later one
 * overrides an earlier one: the defaults of the builder, {@code grpc.client.defaults}, the target,
 * the customizers of the application. Interceptor beans run outside of all interceptors that these
 * layers add.
 */
@CrossesThreads
final class PropertiesClientConnFactory implements ClientConnFactory {

  private final InheritedSettings settings;

  private final TlsConfigurer tls;

  private final InterceptorBeans interceptors;

  private final NameResolvers resolvers;

  private final CallSupport calls;

  private final ObjectProvider<ClientConnBuilderCustomizer> customizers;

  private final List<ConfiguredChannel> channels = new CopyOnWriteArrayList<>();

  PropertiesClientConnFactory(
      InheritedSettings settings,
      TlsConfigurer tls,
      InterceptorBeans interceptors,
      NameResolvers resolvers,
      CallSupport calls,
      ObjectProvider<ClientConnBuilderCustomizer> customizers) {
    this.settings = settings;
    this.tls = tls;
    this.interceptors = interceptors;
    this.resolvers = resolvers;
    this.calls = calls;
    this.customizers = customizers;
  }

  @Override
  public ClientConn create(String target) {
    TargetSettings settings = this.settings.settings(target);
    ClientConn channel = create(settings, (name, builder) -> {});
    this.channels.removeIf(each -> each.channel() == null);
    this.channels.add(new ConfiguredChannel(target, channel, settings.tree()));
    return channel;
  }

  /** Creates a channel whose builder is changed after all customizers, and only once. */
  ClientConn create(TargetSettings settings, ClientConnBuilderCustomizer changes) {
    Configured configured = configure(settings, changes);
    ClientConn channel = use(settings, configured.builder, ClientConnBuilder::build);
    this.interceptors.inForce(settings.name(), configured.interceptors);
    return channel;
  }

  /** Returns the channels that {@link #create(String)} has made and that are still used. */
  List<ConfiguredChannel> channels() {
    return List.copyOf(this.channels);
  }

  /**
   * Gives a channel the settings that its target has now, if they differ.
   *
   * @return whether they differ
   */
  boolean reconfigure(ConfiguredChannel configured) {
    ClientConn channel = configured.channel();
    if (channel == null) {
      return false;
    }
    TargetSettings settings = this.settings.settings(configured.target());
    Map<String, Object> next = settings.tree();
    if (configured.has(next) || !apply(settings, channel)) {
      return false;
    }
    configured.configured(next);
    return true;
  }

  private boolean apply(TargetSettings settings, ClientConn channel) {
    Configured next = configure(settings, (name, builder) -> {});
    boolean applied = use(settings, next.builder, builder -> builder.applyTo(channel));
    if (applied) {
      this.interceptors.inForce(settings.name(), next.interceptors);
    }
    return applied;
  }

  /** A builder with all layers, and the outermost interceptor that was added to it. */
  private record Configured(
      ClientConnBuilder builder, @Nullable TargetInterceptors interceptors) {}

  private Configured configure(TargetSettings settings, ClientConnBuilderCustomizer changes) {
    rejectIf(settings, AddressCheck.problem(settings.address()));
    TransportSecurity security = security(settings);
    ClientConnBuilder builder = newBuilder(settings, security);
    new SettingsMapper(settings, builder).apply();
    new ProxyMapper(settings, builder, this.tls).apply();
    this.calls.apply(settings, security, builder);
    new ServiceConfigMapper(settings, builder).apply();
    this.customizers
        .orderedStream()
        .forEach(customizer -> customize(customizer, settings.name(), builder));
    changes.customize(settings.name(), builder);
    TargetInterceptors interceptors = interceptors(settings);
    if (interceptors != null) {
      // The one that is added last runs first.
      builder.intercept(interceptors);
    }
    return new Configured(builder, interceptors);
  }

  private static void customize(
      ClientConnBuilderCustomizer customizer, String target, ClientConnBuilder builder) {
    try {
      customizer.customize(target, builder);
    } catch (GrpcClientConfigurationException | InvalidConfigurationPropertyValueException known) {
      throw known;
    } catch (RuntimeException thrown) {
      throw new FailedCustomizerException(customizer, target, thrown);
    }
  }

  private @Nullable TargetInterceptors interceptors(TargetSettings settings) {
    List<String> configured = settings.values().getInterceptors();
    List<String> names = configured == null ? List.of() : configured;
    for (String name : names) {
      String problem = this.interceptors.names().problem(name);
      if (problem == null && Collections.frequency(names, name) > 1) {
        problem = "It is listed twice.";
      }
      if (problem != null) {
        throw settings.invalid("interceptors", name, problem);
      }
    }
    return this.interceptors.forTarget(settings.name(), names);
  }

  /** Describes by properties what the builder refuses. */
  private <T> T use(
      TargetSettings settings, ClientConnBuilder builder, Function<ClientConnBuilder, T> use) {
    try {
      return use.apply(builder);
    } catch (IllegalArgumentException refused) {
      RuntimeException ofServiceConfig = ServiceConfigMapper.describe(settings, refused);
      if (ofServiceConfig != null) {
        throw ofServiceConfig;
      }
      String advice = unknownScheme(settings);
      throw settings.invalidAddress(advice == null ? String.valueOf(refused.getMessage()) : advice);
    }
  }

  private ClientConnBuilder newBuilder(TargetSettings settings, TransportSecurity security) {
    ClientConnBuilder builder = ClientConnBuilder.forTarget(settings.address());
    this.resolvers.apply(settings.address(), builder);
    switch (security) {
      case TLS -> this.tls.apply(settings, builder);
      case PLAINTEXT -> {
        rejectVerification(settings);
        builder.usePlaintext();
      }
    }
    return builder;
  }

  /** What the defaults verify is for the targets with TLS. */
  private static void rejectVerification(TargetSettings settings) {
    if (settings.connection() != null) {
      return;
    }
    ConfigurationProperty verify = settings.property("ssl.verify");
    boolean removed = verify != null && "".equals(verify.getValue());
    if (settings.isOwn("ssl.verify") && !removed) {
      throw settings.invalidGroup(
          "ssl.verify",
          "It has no effect, because this target uses plaintext. Set ssl.enabled: true, or remove"
              + " ssl.verify.");
    }
  }

  /** Reports an unknown scheme first: with a correct one the security may be decided. */
  private TransportSecurity security(TargetSettings settings) {
    try {
      return TransportSecurity.decide(settings);
    } catch (UndecidedTransportSecurityException undecided) {
      rejectIf(settings, unknownScheme(settings));
      throw undecided;
    }
  }

  private @Nullable String unknownScheme(TargetSettings settings) {
    return this.resolvers.isResolvedByBean(settings.address())
        ? null
        : AddressCheck.unknownScheme(settings.address());
  }

  private static void rejectIf(TargetSettings settings, @Nullable String problem) {
    if (problem != null) {
      throw settings.invalidAddress(problem);
    }
  }
}
