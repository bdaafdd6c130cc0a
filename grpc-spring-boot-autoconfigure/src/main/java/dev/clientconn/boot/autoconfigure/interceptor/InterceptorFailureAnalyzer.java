// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.interceptor;

import io.grpc.ClientInterceptor;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Explains an interceptor bean whose constructor or {@code @Bean} method throws. It runs after all
 * analyzers that know the exception itself.
 */
@Order(Ordered.LOWEST_PRECEDENCE)
final class InterceptorFailureAnalyzer extends AbstractFailureAnalyzer<BeanCreationException> {

  private final @Nullable BeanFactory beans;

  InterceptorFailureAnalyzer(@Nullable BeanFactory beans) {
    this.beans = beans;
  }

  @Override
  protected @Nullable FailureAnalysis analyze(Throwable root, BeanCreationException cause) {
    Throwable thrown = NestedExceptionUtils.getMostSpecificCause(cause);
    if (thrown instanceof BeansException) {
      return null;
    }
    for (Throwable failure = cause; failure != null; failure = failure.getCause()) {
      if (failure instanceof BeanCreationException creation && isInterceptor(creation)) {
        return explain(creation, thrown);
      }
    }
    return null;
  }

  private boolean isInterceptor(BeanCreationException creation) {
    String name = creation.getBeanName();
    if (name == null
        || !(this.beans instanceof ConfigurableListableBeanFactory factory)
        || !factory.containsBeanDefinition(name)) {
      return false;
    }
    Class<?> type = factory.getType(name, false);
    return type != null && ClientInterceptor.class.isAssignableFrom(type);
  }

  private static FailureAnalysis explain(BeanCreationException creation, Throwable thrown) {
    String description = creation.getResourceDescription();
    String place = description == null ? "" : ", defined in " + description + ",";
    return new FailureAnalysis(
        "The gRPC client interceptor '%s'%s cannot be created: %s"
            .formatted(creation.getBeanName(), place, thrown),
        "Correct its constructor or @Bean method. If no client needs it, remove the bean.",
        creation);
  }
}
