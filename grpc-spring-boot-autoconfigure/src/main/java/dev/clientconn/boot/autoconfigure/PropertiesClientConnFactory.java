// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.ClientConnBuilderCustomizer;
import dev.clientconn.boot.ClientConnFactory;
import dev.clientconn.boot.autoconfigure.interceptor.InterceptorBeans;
import io.grpc.ClientInterceptor;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.source.ConfigurationProperty;

/**
 * Builds channels from {@code grpc.client}. Four layers are applied in this order, and a later one
 * overrides an earlier one: the defaults of the builder, {@code grpc.client.defaults}, the target,
 * the customizers of the application. Interceptor beans run outside of all interceptors that these
 * layers add.
 */
final class PropertiesClientConnFactory implements ClientConnFactory {

  private final InheritedSettings settings;

  private final TlsConfigurer tls;

  private final InterceptorBeans interceptors;

  private final ObjectProvider<ClientConnBuilderCustomizer> customizers;

  PropertiesClientConnFactory(
      InheritedSettings settings,
      TlsConfigurer tls,
      InterceptorBeans interceptors,
      ObjectProvider<ClientConnBuilderCustomizer> customizers) {
    this.settings = settings;
    this.tls = tls;
    this.interceptors = interceptors;
    this.customizers = customizers;
  }

  @Override
  public ClientConn create(String target) {
    return create(this.settings.settings(target), (name, builder) -> {});
  }

  /** Creates a channel whose builder is changed after all customizers. */
  ClientConn create(TargetSettings settings, ClientConnBuilderCustomizer changes) {
    rejectIf(settings, AddressCheck.problem(settings.address()));
    ClientConnBuilder builder = newBuilder(settings);
    new SettingsMapper(settings, builder).apply();
    new ServiceConfigMapper(settings, builder).apply();
    this.customizers
        .orderedStream()
        .forEach(customizer -> customizer.customize(settings.name(), builder));
    changes.customize(settings.name(), builder);
    ClientInterceptor interceptor = interceptor(settings);
    if (interceptor != null) {
      // The one that is added last runs first.
      builder.intercept(interceptor);
    }
    return build(settings, builder);
  }

  private @Nullable ClientInterceptor interceptor(TargetSettings settings) {
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

  private static ClientConn build(TargetSettings settings, ClientConnBuilder builder) {
    try {
      return builder.build();
    } catch (IllegalArgumentException refused) {
      RuntimeException ofServiceConfig = ServiceConfigMapper.describe(settings, refused);
      if (ofServiceConfig != null) {
        throw ofServiceConfig;
      }
      String advice = AddressCheck.unknownScheme(settings.address());
      throw settings.invalid(
          "address",
          settings.address(),
          advice == null ? String.valueOf(refused.getMessage()) : advice);
    }
  }

  private ClientConnBuilder newBuilder(TargetSettings settings) {
    ClientConnBuilder builder = ClientConnBuilder.forTarget(settings.address());
    switch (security(settings)) {
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
  private static TransportSecurity security(TargetSettings settings) {
    try {
      return TransportSecurity.decide(settings);
    } catch (UndecidedTransportSecurityException undecided) {
      rejectIf(settings, AddressCheck.unknownScheme(settings.address()));
      throw undecided;
    }
  }

  private static void rejectIf(TargetSettings settings, @Nullable String problem) {
    if (problem != null) {
      throw settings.invalid("address", settings.address(), problem);
    }
  }
}
