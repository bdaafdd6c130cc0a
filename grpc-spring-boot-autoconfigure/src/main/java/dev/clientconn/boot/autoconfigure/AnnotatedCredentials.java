// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.boot.GrpcCallCredentials;
import io.grpc.CallCredentials;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.MergedAnnotations;

/**
 * Finds the beans with {@link GrpcCallCredentials} of each target, by the bean definitions.
 */
record AnnotatedCredentials(ConfigurableListableBeanFactory beans, GrpcClientTargets targets) {

  /** Returns the bean name of the credentials of a target, or null. */
  @Nullable
  String beanOf(String target) {
    return byTarget().get(TargetNames.canonical(target));
  }

  /**
   * Returns the bean names by target.
   *
   * @throws InvalidCredentialsException if two beans belong to one target, or if one belongs to a
   *     target that does not exist
   */
  Map<String, String> byTarget() {
    Map<String, String> byTarget = new LinkedHashMap<>();
    BeanAnnotations annotations = new BeanAnnotations(this.beans);
    for (String bean : names()) {
      for (MergedAnnotations present : annotations.of(bean)) {
        if (present.isPresent(GrpcCallCredentials.class)) {
          String[] names = present.get(GrpcCallCredentials.class).getStringArray("value");
          for (String name : names) {
            add(bean, name, byTarget);
          }
        }
      }
    }
    return byTarget;
  }

  /** Returns the names of all beans of the type. */
  List<String> names() {
    return List.of(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(
        this.beans, CallCredentials.class, true, false));
  }

  private void add(String bean, String target, Map<String, String> byTarget) {
    if (!this.targets.isUsable(target)) {
      String message = "The bean '%s' has @GrpcCallCredentials(\"%s\").".formatted(bean, target);
      throw new UnknownGrpcTargetException(
          message + " No gRPC target has this name.", target, this.targets.names());
    }
    String other = byTarget.putIfAbsent(TargetNames.canonical(target), bean);
    if (other != null && !other.equals(bean)) {
      throw InvalidCredentialsException.ofBean(
          "Two beans are the credentials of the gRPC target '%s': %s and %s."
              .formatted(target, other, bean),
          "Remove the target from @GrpcCallCredentials of one of them.");
    }
  }
}
