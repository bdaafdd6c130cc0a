// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.ClientConnBuilderCustomizer;
import dev.clientconn.boot.ClientConnFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Builds channels from {@code grpc.client}. Four layers are applied in this order, and a later one
 * overrides an earlier one: the defaults of the builder, {@code grpc.client.defaults}, the target,
 * the customizers of the application.
 */
final class PropertiesClientConnFactory implements ClientConnFactory {

  private final InheritedSettings settings;

  private final TlsConfigurer tls;

  private final ObjectProvider<ClientConnBuilderCustomizer> customizers;

  PropertiesClientConnFactory(
      InheritedSettings settings,
      TlsConfigurer tls,
      ObjectProvider<ClientConnBuilderCustomizer> customizers) {
    this.settings = settings;
    this.tls = tls;
    this.customizers = customizers;
  }

  @Override
  public ClientConn create(String target) {
    TargetSettings settings = this.settings.settings(target);
    rejectIf(settings, AddressCheck.problem(settings.address()));
    ClientConnBuilder builder = newBuilder(settings);
    new SettingsMapper(settings, builder).apply();
    new ServiceConfigMapper(settings, builder).apply();
    this.customizers
        .orderedStream()
        .forEach(customizer -> customizer.customize(settings.name(), builder));
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
    if (settings.isOwn("ssl.verify")) {
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
