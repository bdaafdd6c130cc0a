// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.ClientConnBuilderCustomizer;
import dev.clientconn.boot.ClientConnFactory;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Builds channels from {@code grpc.client}. Each layer is applied once, the later one wins: the library's defaults,
 * {@code grpc.client.defaults}, the target, the customizers of the application.
 */
final class PropertiesClientConnFactory implements ClientConnFactory {

  private final GrpcClientTargets targets;

  private final TlsConfigurer tls;

  private final ObjectProvider<ClientConnBuilderCustomizer> customizers;

  PropertiesClientConnFactory(
      GrpcClientTargets targets,
      TlsConfigurer tls,
      ObjectProvider<ClientConnBuilderCustomizer> customizers) {
    this.targets = targets;
    this.tls = tls;
    this.customizers = customizers;
  }

  @Override
  public ClientConn create(String target) {
    TargetSettings settings = this.targets.settings(target);
    if (settings.address().startsWith("in-process:")) {
      throw settings.invalid(
          "address",
          settings.address(),
          "A ClientConn speaks HTTP/2 and cannot reach an in-process server."
              + " Let the server listen on a port of localhost.");
    }
    ClientConnBuilder builder = newBuilder(settings);
    new SettingsMapper(settings, builder).apply();
    this.customizers
        .orderedStream()
        .forEach(customizer -> customizer.customize(settings.name(), builder));
    try {
      return builder.build();
    } catch (IllegalArgumentException refused) {
      throw settings.invalid("address", settings.address(), String.valueOf(refused.getMessage()));
    }
  }

  private ClientConnBuilder newBuilder(TargetSettings settings) {
    ClientConnBuilder builder = ClientConnBuilder.forTarget(settings.address());
    switch (TransportSecurity.decide(settings)) {
      case TLS -> this.tls.apply(settings, builder);
      case PLAINTEXT -> builder.usePlaintext();
    }
    return builder;
  }
}
