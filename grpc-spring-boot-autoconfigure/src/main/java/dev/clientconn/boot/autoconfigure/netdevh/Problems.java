// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.netdevh;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** Collects what cannot be translated, and what needs no translation. */
final class Problems {

  private final Map<ConfigurationPropertyName, String> refused = new LinkedHashMap<>();

  private final Set<String> leftOut = new LinkedHashSet<>();

  /** Adds a value that has no equivalent; the start fails. */
  void refuse(OldValue value, String reason) {
    this.refused.put(value.property().getName(), reason);
  }

  /** Adds a value that has no effect in net.devh's starter either; null is none. */
  void leftOut(@Nullable OldValue value, String reason) {
    if (value != null) {
      this.leftOut.add("%s: %s".formatted(value.property().getName(), reason));
    }
  }

  Map<ConfigurationPropertyName, String> refused() {
    return this.refused;
  }

  Set<String> leftOut() {
    return this.leftOut;
  }
}
