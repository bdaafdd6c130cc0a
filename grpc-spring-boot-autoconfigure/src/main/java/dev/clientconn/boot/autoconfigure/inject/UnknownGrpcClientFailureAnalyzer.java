// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.autoconfigure.GrpcClientTargets;
import dev.clientconn.boot.autoconfigure.UnknownGrpcTargetException;
import java.lang.reflect.Executable;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** Explains a {@link GrpcClient} for which there is no bean: the name is unknown, or nothing looked at the class. */
@Order(Ordered.HIGHEST_PRECEDENCE + 100)
final class UnknownGrpcClientFailureAnalyzer
    extends AbstractFailureAnalyzer<NoSuchBeanDefinitionException> {

  private final Environment environment;

  UnknownGrpcClientFailureAnalyzer(Environment environment) {
    this.environment = environment;
  }

  @Override
  protected @Nullable FailureAnalysis analyze(Throwable root, NoSuchBeanDefinitionException cause) {
    InjectionPoint point = innermostPoint(root);
    return point == null
        ? null
        : client(point)
            .map(client -> explain(client.getString("value"), point, cause))
            .orElse(null);
  }

  private static @Nullable InjectionPoint innermostPoint(Throwable root) {
    InjectionPoint innermost = null;
    for (Throwable failure = root; failure != null; failure = failure.getCause()) {
      if (failure instanceof UnsatisfiedDependencyException unsatisfied) {
        innermost = unsatisfied.getInjectionPoint();
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

  private FailureAnalysis explain(
      String value, InjectionPoint point, NoSuchBeanDefinitionException cause) {
    String what = "@GrpcClient(\"%s\") in %s".formatted(value, point.getMember());
    if (!this.environment.getProperty("grpc.client.enabled", Boolean.class, true)) {
      return new FailureAnalysis(
          what + " finds no client, because grpc.client.enabled is false.",
          "Remove grpc.client.enabled, or ask for an Optional or ObjectProvider of the client.",
          cause);
    }
    GrpcClientTargets targets = GrpcClientTargets.of(this.environment);
    String name = this.environment.resolvePlaceholders(value);
    if (targets.isUsable(name)) {
      return new FailureAnalysis(
          what + " finds no client, because its class is no bean and was not looked at.",
          "Make the class a bean, or ask for the same client with @GrpcClient in a bean.",
          cause);
    }
    UnknownGrpcTargetException unknown = new UnknownGrpcTargetException(
        "%s names no gRPC target.".formatted(what), name, targets.names());
    return new FailureAnalysis(unknown.getMessage(), unknown.getAction(), cause);
  }
}
