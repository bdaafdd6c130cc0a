// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;

/**
 * Describes a configuration property in error messages as Spring Boot does: name, value and where
 * it was written.
 */
final class PropertyText {

  private PropertyText() {}

  /** The lines for a property. */
  static String of(ConfigurationProperty property) {
    StringBuilder text = new StringBuilder();
    text.append("\n\n    Property: ").append(property.getName());
    text.append("\n    Value: \"").append(value(property)).append('"');
    if (property.getOrigin() != null) {
      text.append("\n    Origin: ").append(property.getOrigin());
    }
    return text.toString();
  }

  /** The lines for a property, and what is wrong with it. */
  static String of(ConfigurationProperty property, String reason) {
    return of(property) + "\n    Reason: " + reason;
  }

  /** Nothing for a property that is not there. */
  static String ofNullable(@Nullable ConfigurationProperty property) {
    return property == null ? "" : of(property);
  }

  static String value(ConfigurationProperty property) {
    String name = property.getName().toString().toLowerCase(Locale.ROOT);
    boolean secret = name.contains("password") || name.contains("secret") || name.contains("token");
    return secret ? "******" : String.valueOf(property.getValue());
  }
}
