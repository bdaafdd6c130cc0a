// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.observation;

import dev.clientconn.boot.ClientConnRegistry;
import dev.clientconn.boot.GrpcGlobalClientInterceptor;
import dev.clientconn.boot.InterceptorOrder;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.GrpcClientProperties;
import dev.clientconn.boot.observation.OpenTelemetryGrpcClientObservationConvention;
import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationConvention;
import io.micrometer.core.instrument.binder.grpc.ObservationGrpcClientInterceptor;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.client.GlobalClientInterceptor;

/**
 * Auto-configures the observation of calls: their meters and spans, and the propagation of traces.
 * It takes the place of the interceptor of Spring Boot's own gRPC client, whose clients share our
 * channels: each call is observed once.
 */
@AutoConfiguration(
    after = GrpcClientAutoConfiguration.class,
    afterName = "org.springframework.boot.micrometer.observation.autoconfigure."
        + "ObservationAutoConfiguration",
    beforeName = "org.springframework.boot.grpc.client.autoconfigure."
        + "GrpcClientObservationAutoConfiguration")
@ConditionalOnClass({ObservationRegistry.class, ObservationGrpcClientInterceptor.class})
@ConditionalOnBean({ClientConnRegistry.class, ObservationRegistry.class})
@ConditionalOnBooleanProperty(name = "grpc.client.observation.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(
    name = "spring.grpc.client.observation.enabled",
    matchIfMissing = true)
public final class GrpcClientObservationAutoConfiguration {

  private static final String SPRING_GRPC =
      "org.springframework.grpc.client.GlobalClientInterceptor";

  GrpcClientObservationAutoConfiguration() {}

  private static ObservationGrpcClientInterceptor interceptor(
      ObservationRegistry registry,
      GrpcClientProperties.Observation properties,
      ObjectProvider<GrpcClientObservationConvention> conventions) {
    GrpcClientObservationConvention convention = conventions.getIfAvailable();
    boolean otel = properties.getConvention() == CallConvention.OTEL;
    if (convention == null && otel) {
      convention = new OpenTelemetryGrpcClientObservationConvention();
    }
    Boolean targetTag = properties.getTargetTag();
    ObservationOptions options = new ObservationOptions(
        registry,
        targetTag == null ? otel : targetTag,
        properties.getConvention(),
        waits(properties.getWaits()),
        new ObservationFailures());
    return new CallObservationInterceptor(options, convention);
  }

  private static @Nullable WaitEvents waits(GrpcClientProperties.Waits properties) {
    Duration threshold = properties.getThreshold();
    return properties.isEnabled() ? new WaitEvents(nanos(threshold)) : null;
  }

  private static long nanos(Duration threshold) {
    try {
      return threshold.toNanos();
    } catch (ArithmeticException centuries) {
      return Long.MAX_VALUE;
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnMissingClass(SPRING_GRPC)
  static class OwnChannelsConfiguration {

    @Bean
    @Order(InterceptorOrder.ORDER_TRACING_METRICS)
    @GrpcGlobalClientInterceptor
    @ConditionalOnMissingBean
    ObservationGrpcClientInterceptor clientConnObservationInterceptor(
        ObservationRegistry registry,
        GrpcClientProperties properties,
        ObjectProvider<GrpcClientObservationConvention> conventions) {
      return interceptor(registry, properties.getObservation(), conventions);
    }
  }

  /** Channels of Spring gRPC that are not ours, such as those in the process, are observed too. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(GlobalClientInterceptor.class)
  static class AllChannelsConfiguration {

    @Bean
    @Order(InterceptorOrder.ORDER_TRACING_METRICS)
    @GrpcGlobalClientInterceptor
    @GlobalClientInterceptor
    @ConditionalOnMissingBean
    ObservationGrpcClientInterceptor clientConnObservationInterceptor(
        ObservationRegistry registry,
        GrpcClientProperties properties,
        ObjectProvider<GrpcClientObservationConvention> conventions) {
      return interceptor(registry, properties.getObservation(), conventions);
    }
  }
}
