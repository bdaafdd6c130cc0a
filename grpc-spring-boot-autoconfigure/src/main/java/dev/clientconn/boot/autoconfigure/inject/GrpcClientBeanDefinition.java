// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.autoconfigure.interceptor.InjectedInterceptors;
import java.util.Set;
import org.springframework.beans.factory.config.ConstructorArgumentValues;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;

/** Registers the bean definition of a client. */
final class GrpcClientBeanDefinition {

  /** Bean name of the {@link GrpcClientBeanFactory}. */
  static final String FACTORY_BEAN = "grpcClientBeanFactory";

  /**
   * Attributes of {@link GrpcClient} besides its value. Spring compares all attributes of an
   * annotation with those of the qualifier, or else with those of the bean definition. Code that is
   * generated ahead of time keeps only the value of a qualifier, so they are attributes of the
   * definition.
   */
  static final Set<String> ATTRIBUTES =
      Set.of("interceptors", "interceptorNames", "sortInterceptors");

  private GrpcClientBeanDefinition() {}

  static void register(
      BeanDefinitionRegistry registry, ClientInjectionPoint point, Class<?> type, String channel) {
    String beanName = beanName(point, type);
    if (registry.containsBeanDefinition(beanName)) {
      return;
    }
    RootBeanDefinition definition = define(point, type, channel);
    definition.addQualifier(new AutowireCandidateQualifier(GrpcClient.class, point.value()));
    // Hide the bean from injection points without the annotation.
    definition.setDefaultCandidate(false);
    registry.registerBeanDefinition(beanName, definition);
  }

  /** Registers a client as an ordinary bean, which is injected without the annotation. */
  static void register(
      BeanDefinitionRegistry registry, DeclaredClient declared, Class<?> type, String channel) {
    if (type == ClientConn.class) {
      registry.registerAlias(channel, declared.beanName());
    } else {
      registry.registerBeanDefinition(
          declared.beanName(), define(declared.client(), type, channel));
    }
  }

  private static RootBeanDefinition define(
      ClientInjectionPoint point, Class<?> type, String channel) {
    RootBeanDefinition definition = new RootBeanDefinition(type);
    definition.setTargetType(type);
    definition.setFactoryBeanName(FACTORY_BEAN);
    definition.setFactoryMethodName("client");
    ConstructorArgumentValues arguments = definition.getConstructorArgumentValues();
    arguments.addIndexedArgumentValue(0, type);
    arguments.addIndexedArgumentValue(1, channel);
    if (!point.interceptors().isNone()) {
      addInterceptors(definition, point);
    }
    definition.setDependsOn(channel);
    definition.setLazyInit(true);
    definition.setResourceDescription("@GrpcClient in " + point.place());
    return definition;
  }

  private static void addInterceptors(RootBeanDefinition definition, ClientInjectionPoint point) {
    InjectedInterceptors interceptors = point.interceptors();
    Class<?>[] types = interceptors.types().toArray(Class<?>[]::new);
    String[] names = interceptors.names().toArray(String[]::new);
    definition.setFactoryMethodName("interceptedClient");
    ConstructorArgumentValues arguments = definition.getConstructorArgumentValues();
    arguments.addIndexedArgumentValue(2, types);
    arguments.addIndexedArgumentValue(3, names);
    arguments.addIndexedArgumentValue(4, interceptors.sort());
    arguments.addIndexedArgumentValue(5, point.describe());
    definition.setAttribute("interceptors", types);
    definition.setAttribute("interceptorNames", names);
    definition.setAttribute("sortInterceptors", interceptors.sort());
  }

  private static String beanName(ClientInjectionPoint point, Class<?> type) {
    String plain = "grpcClient:" + point.value() + ":" + type.getName();
    InjectedInterceptors interceptors = point.interceptors();
    return interceptors.isNone()
        ? plain
        : "%s:%s:%s:%s"
            .formatted(
                plain,
                interceptors.types().stream().map(Class::getName).toList(),
                interceptors.names(),
                interceptors.sort() ? "sorted" : "appended");
  }
}
