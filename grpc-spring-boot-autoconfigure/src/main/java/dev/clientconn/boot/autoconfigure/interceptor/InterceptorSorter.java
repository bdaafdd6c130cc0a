// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.interceptor;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;

/**
 * Sorts interceptors as Spring sorts the beans of a list: by the order of the bean definition, by
 * {@code @Order} on the {@code @Bean} method, by {@link Ordered}, by {@code @Order} or
 * {@code @Priority} on the class.
 */
final class InterceptorSorter {

  private final InterceptorDefinitions definitions;

  InterceptorSorter(InterceptorDefinitions definitions) {
    this.definitions = definitions;
  }

  List<NamedInterceptor> sort(List<NamedInterceptor> interceptors) {
    Comparator<Object> comparator =
        AnnotationAwareOrderComparator.INSTANCE.withSourceProvider(this::orderSource);
    List<NamedInterceptor> sorted = new ArrayList<>(interceptors);
    sorted.sort(comparator);
    return sorted;
  }

  private Object orderSource(Object sorted) {
    NamedInterceptor named = (NamedInterceptor) sorted;
    List<Object> sources = new ArrayList<>();
    BeanDefinition definition = named.isBean() ? this.definitions.definition(named.name()) : null;
    if (definition != null) {
      Ordered ofDefinition = order(definition);
      if (ofDefinition != null) {
        sources.add(ofDefinition);
      }
      if (definition instanceof RootBeanDefinition root) {
        Method method = root.getResolvedFactoryMethod();
        if (method != null) {
          sources.add(method);
        }
      }
    }
    sources.add(named.interceptor());
    return sources.toArray();
  }

  private static @Nullable Ordered order(BeanDefinition definition) {
    Object order = definition.getAttribute(AbstractBeanDefinition.ORDER_ATTRIBUTE);
    return order instanceof Integer value ? () -> value : null;
  }
}
