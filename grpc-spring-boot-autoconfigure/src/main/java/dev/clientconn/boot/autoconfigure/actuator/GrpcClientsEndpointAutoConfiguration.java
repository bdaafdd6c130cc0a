// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.actuator;

import dev.clientconn.boot.ClientConnRegistry;
import dev.clientconn.boot.autoconfigure.EffectiveConfiguration;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.GrpcClientTargets;
import dev.clientconn.boot.autoconfigure.interceptor.InterceptorBeans;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;

/** Auto-configures the endpoint {@code grpcclients} of Actuator. */
@AutoConfiguration(after = GrpcClientAutoConfiguration.class)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnBean(ClientConnRegistry.class)
@EnableConfigurationProperties(GrpcClientsEndpointProperties.class)
@ImportRuntimeHints(GrpcClientsEndpointRuntimeHints.class)
public final class GrpcClientsEndpointAutoConfiguration {

  GrpcClientsEndpointAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  @ConditionalOnAvailableEndpoint
  GrpcClientsEndpoint grpcClientsEndpoint(
      ClientConnRegistry registry,
      GrpcClientTargets targets,
      EffectiveConfiguration configuration,
      InterceptorBeans interceptors,
      ObjectProvider<SanitizingFunction> sanitizing,
      ListableBeanFactory beans) {
    SettingSanitizer sanitizer = new SettingSanitizer(sanitizing.orderedStream().toList());
    return new GrpcClientsEndpoint(
        new ClientLookup(registry, targets),
        new ClientConfigurations(configuration, sanitizer, beans),
        interceptors);
  }

  @Bean
  @ConditionalOnMissingBean
  @ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
  GrpcClientsEndpointWebExtension grpcClientsEndpointWebExtension(
      GrpcClientsEndpoint endpoint, GrpcClientsEndpointProperties properties) {
    return new GrpcClientsEndpointWebExtension(
        endpoint, properties.getShowValues(), properties.getRoles());
  }

  @Bean
  @ConditionalOnMissingBean
  @ConditionalOnAvailableEndpoint(exposure = EndpointExposure.JMX)
  GrpcClientsEndpointJmxExtension grpcClientsEndpointJmxExtension(
      GrpcClientsEndpoint endpoint, GrpcClientsEndpointProperties properties) {
    return new GrpcClientsEndpointJmxExtension(endpoint, properties.getShowValues());
  }
}
