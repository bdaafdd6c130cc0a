// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.health;

import dev.clientconn.boot.ClientConnRegistry;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.HealthSource;
import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;

/** Auto-configures the health of targets, one indicator for each. */
@AutoConfiguration(
    after = GrpcClientAutoConfiguration.class,
    beforeName = "org.springframework.boot.health.autoconfigure.registry."
        + "HealthContributorRegistryAutoConfiguration")
@ConditionalOnClass({HealthContributor.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(ClientConnRegistry.class)
@ConditionalOnEnabledHealthIndicator("grpcclients")
@ConditionalOnBooleanProperty(name = "grpc.client.health.enabled", matchIfMissing = true)
public final class GrpcClientHealthContributorAutoConfiguration {

  GrpcClientHealthContributorAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean(name = {"grpcClientsHealthIndicator", "grpcClientsHealthContributor"})
  HealthContributor grpcClientsHealthContributor(ClientConnRegistry clients, HealthSource source) {
    return new TargetsHealthContributor(clients, source, Clock.systemUTC());
  }
}
