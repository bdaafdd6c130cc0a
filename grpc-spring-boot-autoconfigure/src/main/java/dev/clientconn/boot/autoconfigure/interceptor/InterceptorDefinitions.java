// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.interceptor;

import dev.clientconn.boot.GrpcGlobalClientInterceptor;
import dev.clientconn.boot.GrpcLocalClientInterceptor;
import dev.clientconn.boot.autoconfigure.BeanAnnotations;
import io.grpc.ClientInterceptor;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;

/** Reads the bean definitions of interceptors, in a bean factory and its ancestors. */
final class InterceptorDefinitions {

  /** Annotations of ours, of Spring gRPC and of net.devh's starter, which may be absent. */
  private static final Set<String> GLOBAL = Set.of(
      GrpcGlobalClientInterceptor.class.getName(),
      "org.springframework.grpc.client.GlobalClientInterceptor",
      "net.devh.boot.grpc.client.interceptor.GrpcGlobalClientInterceptor");

  private static final Set<String> LOCAL = Set.of(GrpcLocalClientInterceptor.class.getName());

  private final ConfigurableListableBeanFactory beans;

  private final BeanAnnotations annotations;

  private final Supplier<GlobalInterceptors> mode;

  InterceptorDefinitions(ConfigurableListableBeanFactory beans, Supplier<GlobalInterceptors> mode) {
    this.beans = beans;
    this.annotations = new BeanAnnotations(beans);
    this.mode = mode;
  }

  /** Returns the names of all interceptor beans. */
  List<String> names(boolean allowEagerInit) {
    return Arrays.asList(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(
        this.beans, ClientInterceptor.class, true, allowEagerInit));
  }

  /** Returns the names of the beans that are applied to all clients. */
  List<String> globalNames(boolean allowEagerInit) {
    return names(allowEagerInit).stream().filter(this::isGlobal).toList();
  }

  /** Returns the names of the beans that only the mode excludes from the global ones. */
  List<String> namesWithoutAnnotation() {
    return this.mode.get() == GlobalInterceptors.ALL
        ? List.of()
        : names(false).stream()
            .filter(name -> !hasAnnotation(name, GLOBAL) && !hasAnnotation(name, LOCAL))
            .filter(name -> {
              BeanDefinition definition = definition(name);
              return definition == null || isCandidate(definition);
            })
            .toList();
  }

  /** A bean that is no candidate for injection is not meant to be used wherever its type is. */
  private boolean isGlobal(String name) {
    BeanDefinition definition = definition(name);
    if (definition != null && !isCandidate(definition)) {
      return false;
    }
    boolean local = hasAnnotation(name, LOCAL);
    boolean annotated = hasAnnotation(name, GLOBAL);
    if (local && annotated) {
      throw new UnusableInterceptorException(
          ("The interceptor bean '%s' is marked as global and with @GrpcLocalClientInterceptor,"
                  + " which excludes it from the global interceptors.")
              .formatted(name),
          "Remove one of the two annotations.",
          null);
    }
    return annotated || (this.mode.get() == GlobalInterceptors.ALL && !local);
  }

  private static boolean isCandidate(BeanDefinition definition) {
    return definition instanceof AbstractBeanDefinition candidate
        ? candidate.isAutowireCandidate() && candidate.isDefaultCandidate()
        : definition.isAutowireCandidate();
  }

  private boolean hasAnnotation(String name, Set<String> types) {
    return this.annotations.of(name).stream()
        .anyMatch(present -> types.stream().anyMatch(present::isPresent));
  }

  /** Returns the merged definition of a bean; null for a singleton without a definition. */
  @Nullable
  BeanDefinition definition(String name) {
    return this.annotations.definition(name);
  }
}
