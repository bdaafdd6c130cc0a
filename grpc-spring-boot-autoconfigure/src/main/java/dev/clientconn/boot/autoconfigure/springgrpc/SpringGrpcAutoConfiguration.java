// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.springgrpc;

import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.GrpcClientTargets;
import dev.clientconn.boot.autoconfigure.SeparateChannels;
import dev.clientconn.boot.autoconfigure.interceptor.InterceptorBeans;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.grpc.client.autoconfigure.GrpcChannelFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.client.InProcessGrpcChannelFactory;

/**
 * Auto-configures the channel factory of Spring gRPC, in place of that of Spring Boot's own gRPC
 * client: its clients use the channels of this starter.
 */
@AutoConfiguration(
    after = GrpcClientAutoConfiguration.class,
    beforeName = "org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration")
@ConditionalOnClass({GrpcChannelFactory.class, GrpcChannelFactoryCustomizer.class})
@ConditionalOnBooleanProperty(name = "grpc.client.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "grpc.client.spring-grpc.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "spring.grpc.client.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(
    name = "spring.grpc.client.channelfactory.enabled",
    matchIfMissing = true)
public final class SpringGrpcAutoConfiguration {

  SpringGrpcAutoConfiguration() {}

  @Bean
  BuilderCustomizers springGrpcBuilderCustomizers(ConfigurableListableBeanFactory beans) {
    return new BuilderCustomizers(beans);
  }

  @Bean
  @ConditionalOnMissingBean(
      value = GrpcChannelFactory.class,
      ignored = InProcessGrpcChannelFactory.class)
  GrpcChannelFactory clientConnChannelFactory(
      GrpcClientTargets targets,
      ConfigurableListableBeanFactory beans,
      Environment environment,
      SeparateChannels separate,
      BuilderCustomizers customizers,
      InterceptorBeans interceptors,
      ObjectProvider<InProcessGrpcChannelFactory> inProcess,
      ObjectProvider<GrpcChannelFactoryCustomizer> factoryCustomizers) {
    ClientConnChannelFactory factory = new ClientConnChannelFactory(
        new ClientConnChannelFactory.ConfiguredTargets(targets, beans, environment),
        separate,
        customizers,
        interceptors,
        inProcess);
    factoryCustomizers.orderedStream().forEach(customizer -> customizer.customize(factory));
    return factory;
  }
}
