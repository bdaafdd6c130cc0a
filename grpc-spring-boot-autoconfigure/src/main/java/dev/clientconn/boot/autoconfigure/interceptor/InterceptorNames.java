// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.interceptor;

import dev.clientconn.boot.autoconfigure.TargetNames;
import io.grpc.ClientInterceptor;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.NestedExceptionUtils;

/** Checks the names and classes of interceptors by the bean definitions, and creates no beans. */
public final class InterceptorNames {

  private final ConfigurableListableBeanFactory beans;

  /**
   * Creates the checks.
   *
   * @param beans the bean factory with the interceptors
   */
  public InterceptorNames(ConfigurableListableBeanFactory beans) {
    this.beans = beans;
  }

  /**
   * Checks a bean name.
   *
   * @param name the bean name of an interceptor
   * @return what is wrong with it, or null
   */
  public @Nullable String problem(String name) {
    if (!this.beans.containsBean(name)) {
      return "There is no bean '%s'. %s".formatted(name, known(name));
    }
    if (!this.beans.isTypeMatch(name, ClientInterceptor.class)) {
      Class<?> type = this.beans.getType(name, false);
      return "This bean is not a ClientInterceptor but %s. %s"
          .formatted(type == null ? "of another type" : type.getName(), known(name));
    }
    return null;
  }

  private String known(String name) {
    List<String> names = Arrays.asList(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(
        this.beans, ClientInterceptor.class, true, false));
    if (names.isEmpty()) {
      return "There are no beans of type ClientInterceptor.";
    }
    String all = "Beans of type ClientInterceptor: %s.".formatted(String.join(", ", names));
    return TargetNames.nearest(name, names)
        .map(nearest -> "Did you mean '%s'? %s".formatted(nearest, all))
        .orElse(all);
  }

  /**
   * Checks the interceptors of an injection point.
   *
   * @param injected the classes and bean names in the annotation
   * @param owner the annotation and its place, for the message
   * @throws UnusableInterceptorException if one of them does not exist or cannot be created
   */
  public void check(InjectedInterceptors injected, String owner) {
    injected.names().forEach(name -> {
      String problem = problem(name);
      if (problem != null) {
        throw new UnusableInterceptorException(
            "An interceptor of %s cannot be used. %s".formatted(owner, problem),
            "Correct interceptorNames of the annotation, or define the bean.",
            null);
      }
    });
    injected.types().forEach(type -> {
      String problem = problem(type);
      if (problem != null) {
        throw new UnusableInterceptorException(
            "The interceptor %s of %s cannot be used. %s".formatted(type.getName(), owner, problem),
            "Make the interceptor a bean, or give it a constructor without parameters.",
            null);
      }
    });
  }

  private @Nullable String problem(Class<? extends ClientInterceptor> type) {
    if (BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beans, type, true, false).length
        > 0) {
      return null;
    }
    if (type.isInterface() || Modifier.isAbstract(type.getModifiers())) {
      return "There is no bean of this type, and it is abstract.";
    }
    return Arrays.stream(type.getDeclaredConstructors())
            .noneMatch(constructor -> constructor.getParameterCount() == 0)
        ? "There is no bean of this type, and it has no constructor without parameters."
        : null;
  }

  static UnusableInterceptorException ambiguous(Class<?> type, String owner, List<String> names) {
    return new UnusableInterceptorException(
        "The interceptor %s of %s can be one of %d beans: %s."
            .formatted(type.getName(), owner, names.size(), String.join(", ", names)),
        "Name the bean: interceptorNames = \"%s\".".formatted(names.get(0)),
        null);
  }

  static UnusableInterceptorException notInstantiable(
      Class<?> type, String owner, Throwable failure) {
    return new UnusableInterceptorException(
        "The interceptor %s of %s cannot be created: %s"
            .formatted(type.getName(), owner, NestedExceptionUtils.getMostSpecificCause(failure)),
        "Correct its constructor, or make the interceptor a bean.",
        failure);
  }
}
