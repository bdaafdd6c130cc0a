// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import dev.clientconn.boot.GrpcClient;
import java.lang.annotation.Annotation;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.MergedAnnotations;

/**
 * Finds {@link GrpcClient} among annotations, present itself or as a meta-annotation. Merging
 * annotations is expensive in a JVM that has just started, so it is done once for each annotation
 * type, and then only for those that are composed with {@link GrpcClient}.
 */
final class ClientAnnotations {

  /**
   * By the class of the instance, a proxy, and not by the annotation type: to ask the instance for
   * its type is a reflective call.
   */
  private final Map<Class<?>, Boolean> composed = new HashMap<>();

  /** Returns the annotation, or null if none of the annotations is it or is composed with it. */
  @Nullable
  GrpcClient find(Annotation[] annotations) {
    for (Annotation annotation : annotations) {
      if (annotation instanceof GrpcClient client) {
        return client;
      }
      if (isComposed(annotation)) {
        return MergedAnnotations.from(annotations).get(GrpcClient.class).synthesize();
      }
    }
    return null;
  }

  @SuppressWarnings("GetClassOnAnnotation")
  private boolean isComposed(Annotation annotation) {
    Boolean known = this.composed.get(annotation.getClass());
    if (known == null) {
      known = MergedAnnotations.from(annotation.annotationType()).isPresent(GrpcClient.class);
      this.composed.put(annotation.getClass(), known);
    }
    return known;
  }
}
