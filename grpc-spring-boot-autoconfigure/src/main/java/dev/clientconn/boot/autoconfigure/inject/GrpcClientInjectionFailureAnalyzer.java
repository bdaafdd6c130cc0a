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
 * Explains a missing bean of a client: the name is unknown, the class of the injection point was
 * not searched, or a stub has no {@link GrpcClient}. It reads only bean definitions, because the
 * context is closed when an analyzer runs and cannot create beans.
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
    // On a setter, the method has the annotation, and the injection point is its parameter.
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
          "Remove grpc.client.enabled, or inject an Optional or ObjectProvider of the client.",
          cause);
    }
    GrpcClientTargets targets = targets();
    String name = this.environment.resolvePlaceholders(value);
    if (targets.isUsable(name)) {
      return notLookedAt(what, point, beanName, cause);
    }
    UnknownGrpcTargetException unknown = new UnknownGrpcTargetException(
        "%s is not the name of a gRPC target.".formatted(what), name, targets.names());
    return new FailureAnalysis(unknown.getMessage(), unknown.getAction(), cause);
  }

  /** The search covers the classes in bean definitions, before any bean is created. */
  private FailureAnalysis notLookedAt(
      String what,
      InjectionPoint point,
      @Nullable String beanName,
      NoSuchBeanDefinitionException cause) {
    String type = point.getMember().getDeclaringClass().getName();
    if (isMadeByMethod(beanName)) {
      return new FailureAnalysis(
          ("%s finds no client, because the @Bean method of '%s' does not return %s"
                  + " but a more general type, so that the class was not searched.")
              .formatted(what, beanName, type),
          ("Let the @Bean method return %s,"
                  + " or put @GrpcClient in front of a parameter of the @Bean method.")
              .formatted(type),
          cause);
    }
    return new FailureAnalysis(
        what + " finds no client, because its class is not a bean and was not searched.",
        "Make the class a bean, or inject the same client with @GrpcClient into a bean.",
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
