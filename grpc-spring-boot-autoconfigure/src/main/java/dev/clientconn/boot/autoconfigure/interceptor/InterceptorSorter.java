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
import org.springframework.core.annotation.OrderUtils;

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
    return sources((NamedInterceptor) sorted).toArray();
  }

  /** Returns what may say the order of an interceptor; the first that does takes precedence. */
  private List<Object> sources(NamedInterceptor named) {
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
    return sources;
  }

  /** Describes a global interceptor by its order. */
  InterceptorDescription describe(NamedInterceptor global) {
    for (Object source : sources(global)) {
      Integer order = orderOf(source);
      if (order != null) {
        return describe(global, order, "order %d by %s".formatted(order, text(source, global)));
      }
    }
    return describe(global, null, "no order: after those that have one");
  }

  private static InterceptorDescription describe(
      NamedInterceptor global, @Nullable Integer order, String reason) {
    return new InterceptorDescription(
        global.name(), global.type(), true, order, "global, " + reason);
  }

  private static @Nullable Integer orderOf(Object source) {
    if (source instanceof Ordered ordered) {
      return ordered.getOrder();
    }
    return source instanceof Method method
        ? OrderUtils.getOrder(method)
        : OrderUtils.getOrder(source.getClass());
  }

  private static String text(Object source, NamedInterceptor named) {
    if (source instanceof Method method) {
      return "@Order on the method %s of %s"
          .formatted(method.getName(), method.getDeclaringClass().getName());
    }
    if (source != named.interceptor()) {
      return "the bean definition";
    }
    return source instanceof Ordered ? "getOrder()" : "@Order or @Priority on the class";
  }

  private static @Nullable Ordered order(BeanDefinition definition) {
    Object order = definition.getAttribute(AbstractBeanDefinition.ORDER_ATTRIBUTE);
    return order instanceof Integer value ? () -> value : null;
  }
}
