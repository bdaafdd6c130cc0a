// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.autoconfigure.GrpcClientTargets;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.springframework.beans.factory.InjectionPoint;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.MergedAnnotations;

/** Explains an injection point that has the type of a stub but no {@link GrpcClient}. */
record MissingAnnotation(InjectionPoint point, Class<?> type, GrpcClientTargets targets) {

  FailureAnalysis explain(Throwable cause) {
    String what = "%s has the type %s but no @GrpcClient. Stubs are injected only with it."
        .formatted(place(), this.type.getName());
    return annotatedField()
        .map(field -> copied(what, field, cause))
        .orElseGet(() -> new FailureAnalysis(what, add(), cause));
  }

  private String place() {
    MethodParameter parameter = this.point.getMethodParameter();
    return parameter == null
        ? this.point.getMember().toString()
        : "Parameter %d of %s".formatted(parameter.getParameterIndex(), this.point.getMember());
  }

  /**
   * Finds a field with the annotation, for a constructor without it: Lombok copies only the
   * annotations in lombok.copyableAnnotations.
   */
  private Optional<Field> annotatedField() {
    return Arrays.stream(this.point.getMember().getDeclaringClass().getDeclaredFields())
        .filter(field -> field.getType() == this.type)
        .filter(field -> MergedAnnotations.from(field).isPresent(GrpcClient.class))
        .findFirst();
  }

  private static FailureAnalysis copied(String what, Field field, Throwable cause) {
    String value = MergedAnnotations.from(field).get(GrpcClient.class).getString("value");
    return new FailureAnalysis(
        what
            + (" The field '%s' has it,"
                    + " but Spring calls the constructor first, and its parameter does not.")
                .formatted(field.getName()),
        """
        Put @GrpcClient("%s") in front of the parameter. If Lombok generates the constructor, \
        let it copy the annotation by a line in lombok.config:

            lombok.copyableAnnotations += %s""".formatted(value, GrpcClient.class.getName()),
        cause);
  }

  private String add() {
    List<String> names = this.targets.names();
    String example = names.size() == 1 ? names.get(0) : "<name of the target>";
    String known = names.isEmpty()
        ? "No targets are configured below grpc.client.targets."
        : "Configured below grpc.client.targets: %s.".formatted(String.join(", ", names));
    return "Put @GrpcClient(\"%s\") in front of it. %s".formatted(example, known);
  }
}
