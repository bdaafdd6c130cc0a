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

  private final Map<Class<? extends Annotation>, Boolean> composed = new HashMap<>();

  /** Returns the annotation, or null if none of the annotations is it or is composed with it. */
  @Nullable
  GrpcClient find(Annotation[] annotations) {
    for (Annotation annotation : annotations) {
      if (annotation instanceof GrpcClient client) {
        return client;
      }
      if (isComposed(annotation.annotationType())) {
        return MergedAnnotations.from(annotations).get(GrpcClient.class).synthesize();
      }
    }
    return null;
  }

  private boolean isComposed(Class<? extends Annotation> type) {
    Boolean known = this.composed.get(type);
    if (known == null) {
      known = MergedAnnotations.from(type).isPresent(GrpcClient.class);
      this.composed.put(type, known);
    }
    return known;
  }
}
