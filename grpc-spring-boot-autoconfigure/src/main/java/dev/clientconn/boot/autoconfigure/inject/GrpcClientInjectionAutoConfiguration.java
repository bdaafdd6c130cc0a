// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import dev.clientconn.boot.ClientConnRegistry;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.interceptor.InterceptorBeans;
import io.grpc.stub.AbstractStub;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** Auto-configures injection with {@link dev.clientconn.boot.GrpcClient}. */
@AutoConfiguration(after = GrpcClientAutoConfiguration.class)
@ConditionalOnClass(AbstractStub.class)
@ConditionalOnBean(ClientConnRegistry.class)
public final class GrpcClientInjectionAutoConfiguration {

  GrpcClientInjectionAutoConfiguration() {}

  @Bean
  static GrpcClientBeanRegistrar grpcClientBeanRegistrar(Environment environment) {
    return new GrpcClientBeanRegistrar(environment);
  }

  @Bean(GrpcClientBeanDefinition.FACTORY_BEAN)
  GrpcClientBeanFactory grpcClientBeanFactory(
      BeanFactory beanFactory, InterceptorBeans interceptors) {
    return new GrpcClientBeanFactory(beanFactory, interceptors);
  }
}
