// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.autoconfigure.GrpcClientTargets;
import dev.clientconn.boot.autoconfigure.UnknownGrpcTargetException;
import io.grpc.stub.AbstractStub;
import java.lang.reflect.Executable;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Explains why there is no bean for a client: the name is unknown, nothing looked at the class, or
 * {@link GrpcClient} is missing before a stub. Bean definitions are all it asks the bean factory
 * for: the context is closed when an analyzer runs, and making a bean would throw.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 100)
final class GrpcClientInjectionFailureAnalyzer
    extends AbstractFailureAnalyzer<NoSuchBeanDefinitionException> {

  private final Environment environment;

  private final @Nullable BeanFactory beans;

  GrpcClientInjectionFailureAnalyzer(Environment environment, @Nullable BeanFactory beans) {
    this.environment = environment;
    this.beans = beans;
  }

  @Override
  protected @Nullable FailureAnalysis analyze(Throwable root, NoSuchBeanDefinitionException cause) {
    UnsatisfiedDependencyException innermost = innermost(root);
    if (innermost == null) {
      return null;
    }
    InjectionPoint point = innermost.getInjectionPoint();
    if (point == null) {
      return null;
    }
    Optional<MergedAnnotation<GrpcClient>> client = client(point);
    if (client.isPresent()) {
      return explain(client.get().getString("value"), point, innermost.getBeanName(), cause);
    }
    ResolvableType wanted = cause.getResolvableType();
    Class<?> type = wanted == null ? null : wanted.resolve();
    return type != null && AbstractStub.class.isAssignableFrom(type)
        ? new MissingAnnotation(point, type, targets()).explain(cause)
        : null;
  }

  private static @Nullable UnsatisfiedDependencyException innermost(Throwable root) {
    UnsatisfiedDependencyException innermost = null;
    for (Throwable failure = root; failure != null; failure = failure.getCause()) {
      if (failure instanceof UnsatisfiedDependencyException unsatisfied) {
        innermost = unsatisfied;
      }
    }
    return innermost;
  }

  private static Optional<MergedAnnotation<GrpcClient>> client(InjectionPoint point) {
    MergedAnnotations here = MergedAnnotations.from(point.getAnnotations());
    // On a setter the annotation stands on the method; the injection point is its parameter.
    MergedAnnotations around = point.getMember() instanceof Executable executable
        ? MergedAnnotations.from(executable)
        : here;
    MergedAnnotation<GrpcClient> client = here.get(GrpcClient.class);
    return Optional.of(client.isPresent() ? client : around.get(GrpcClient.class))
        .filter(MergedAnnotation::isPresent);
  }

  private GrpcClientTargets targets() {
    return GrpcClientTargets.of(this.environment);
  }

  private FailureAnalysis explain(
      String value,
      InjectionPoint point,
      @Nullable String beanName,
      NoSuchBeanDefinitionException cause) {
    String what = "@GrpcClient(\"%s\") in %s".formatted(value, point.getMember());
    if (!this.environment.getProperty("grpc.client.enabled", Boolean.class, true)) {
      return new FailureAnalysis(
          what + " finds no client, because grpc.client.enabled is false.",
          "Remove grpc.client.enabled, or ask for an Optional or ObjectProvider of the client.",
          cause);
    }
    GrpcClientTargets targets = targets();
    String name = this.environment.resolvePlaceholders(value);
    if (targets.isUsable(name)) {
      return notLookedAt(what, point, beanName, cause);
    }
    UnknownGrpcTargetException unknown = new UnknownGrpcTargetException(
        "%s names no gRPC target.".formatted(what), name, targets.names());
    return new FailureAnalysis(unknown.getMessage(), unknown.getAction(), cause);
  }

  /** Looked at are the classes that bean definitions declare, before any bean is made. */
  private FailureAnalysis notLookedAt(
      String what,
      InjectionPoint point,
      @Nullable String beanName,
      NoSuchBeanDefinitionException cause) {
    String type = point.getMember().getDeclaringClass().getName();
    if (isMadeByMethod(beanName)) {
      return new FailureAnalysis(
          ("%s finds no client, because the @Bean method of '%s' does not return %s"
                  + " but a more general type, so that the class was not looked at.")
              .formatted(what, beanName, type),
          ("Let the @Bean method return %s,"
                  + " or put @GrpcClient before a parameter of the @Bean method.")
              .formatted(type),
          cause);
    }
    return new FailureAnalysis(
        what + " finds no client, because its class is no bean and was not looked at.",
        "Make the class a bean, or ask for the same client with @GrpcClient in a bean.",
        cause);
  }

  private boolean isMadeByMethod(@Nullable String beanName) {
    if (beanName == null
        || !(this.beans instanceof ConfigurableListableBeanFactory factory)
        || !factory.containsBeanDefinition(beanName)) {
      return false;
    }
    BeanDefinition definition = factory.getBeanDefinition(beanName);
    return definition.getFactoryMethodName() != null;
  }
}
