// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.discovery;

import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import io.grpc.NameResolverProvider;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;

/**
 * Auto-configures addresses {@code discovery:///<service>}, which a discovery client of Spring
 * Cloud resolves.
 */
@AutoConfiguration(
    before = GrpcClientAutoConfiguration.class,
    afterName = {
      "org.springframework.cloud.client.CommonsClientAutoConfiguration",
      "org.springframework.cloud.client.ReactiveCommonsClientAutoConfiguration",
      "org.springframework.cloud.client.discovery.composite"
          + ".CompositeDiscoveryClientAutoConfiguration",
      "org.springframework.cloud.client.discovery.composite.reactive"
          + ".ReactiveCompositeDiscoveryClientAutoConfiguration",
      "org.springframework.cloud.client.discovery.simple.SimpleDiscoveryClientAutoConfiguration",
      "org.springframework.cloud.client.discovery.simple.reactive"
          + ".SimpleReactiveDiscoveryClientAutoConfiguration"
    })
@ConditionalOnClass(DiscoveryClient.class)
@ConditionalOnBooleanProperty(name = "grpc.client.enabled", matchIfMissing = true)
public final class GrpcClientDiscoveryAutoConfiguration {

  GrpcClientDiscoveryAutoConfiguration() {}

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnBean(DiscoveryClient.class)
  static class BlockingDiscoveryConfiguration {

    @Bean
    @ConditionalOnMissingBean(name = "grpcDiscoveryNameResolverProvider")
    NameResolverProvider grpcDiscoveryNameResolverProvider(
        ObjectProvider<DiscoveryClient> clients, ActiveResolvers active) {
      DiscoveryClient client = clients.orderedStream().findFirst().orElseThrow();
      return new DiscoveryNameResolverProvider(client::getInstances, active);
    }

    @Bean
    ActiveResolvers grpcDiscoveryActiveResolvers() {
      return new ActiveResolvers();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(Flux.class)
  @ConditionalOnBean(ReactiveDiscoveryClient.class)
  @ConditionalOnMissingBean(DiscoveryClient.class)
  static class ReactiveDiscoveryConfiguration {

    /** Limits a look-up: the thread of a client that never responds is released. */
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @Bean
    @ConditionalOnMissingBean(name = "grpcDiscoveryNameResolverProvider")
    NameResolverProvider grpcDiscoveryNameResolverProvider(
        ObjectProvider<ReactiveDiscoveryClient> clients, ActiveResolvers active) {
      ReactiveDiscoveryClient client = clients.orderedStream().findFirst().orElseThrow();
      return new DiscoveryNameResolverProvider(service -> instances(client, service), active);
    }

    private static List<ServiceInstance> instances(ReactiveDiscoveryClient client, String service) {
      return Objects.requireNonNull(client.getInstances(service).collectList().block(TIMEOUT));
    }

    @Bean
    ActiveResolvers grpcDiscoveryActiveResolvers() {
      return new ActiveResolvers();
    }
  }
}
