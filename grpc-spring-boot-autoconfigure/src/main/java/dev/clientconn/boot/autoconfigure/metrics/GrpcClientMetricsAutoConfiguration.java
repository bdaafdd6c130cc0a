// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import dev.clientconn.boot.ClientConnBuilderCustomizer;
import dev.clientconn.boot.ClientConnRegistry;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.util.function.SingletonSupplier;

/** Auto-configures the meters of gRPC clients. */
@AutoConfiguration(
    after = GrpcClientAutoConfiguration.class,
    afterName = "org.springframework.boot.micrometer.metrics.autoconfigure."
        + "CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ClientConnRegistry.class, MeterRegistry.class})
public final class GrpcClientMetricsAutoConfiguration {

  GrpcClientMetricsAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  GrpcClientMetrics grpcClientMetrics(
      ObjectProvider<ClientConnRegistry> clients, ListableBeanFactory beans) {
    return new GrpcClientMetrics(
        SingletonSupplier.of(clients::getObject), () -> CheckedConvention.find(beans));
  }

  /**
   * Covers channels without customizers: those of a factory or of a bean method of the application.
   */
  @Bean
  static BeanPostProcessor grpcClientMetricsPostProcessor(
      ObjectProvider<GrpcClientMetrics> metrics, ObjectProvider<ClientConnRegistry> clients) {
    return new ClientConnMetricsPostProcessor(metrics, clients);
  }

  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE)
  ClientConnBuilderCustomizer grpcClientMetricsCustomizer(GrpcClientMetrics metrics) {
    return (target, builder) -> builder.transportListener(metrics.listenerFor(target));
  }

  /** Covers channels with customizers: a built channel takes no listener any more. */
  @Bean
  @ConditionalOnBooleanProperty("grpc.client.metrics.delays.enabled")
  ClientConnBuilderCustomizer grpcClientDelaysCustomizer(ObjectProvider<MeterRegistry> registry) {
    return (target, builder) -> builder.callReportListener(
        new DelayTimers(SingletonSupplier.of(registry::getObject), target));
  }
}
