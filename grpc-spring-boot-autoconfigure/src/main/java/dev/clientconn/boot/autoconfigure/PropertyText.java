// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;

/**
 * Formats a configuration property for error messages as Spring Boot does, with its name, value
 * and origin.
 */
final class PropertyText {

  /** What is shown in place of a secret. */
  static final String HIDDEN = "******";

  private static final Pattern SECRET = Pattern.compile("password|secret|token");

  /** Tokens of the retry throttle (gRFC A6), which are numbers. */
  private static final Pattern RETRY_TOKENS = Pattern.compile("max-?tokens?|token-?ratio");

  private PropertyText() {}

  /** Returns the lines for a property. */
  static String of(ConfigurationProperty property) {
    return withValue(property, value(property));
  }

  private static String withValue(ConfigurationProperty property, String value) {
    StringBuilder text = new StringBuilder();
    text.append("\n\n    Property: ").append(property.getName());
    text.append("\n    Value: \"").append(value).append('"');
    if (property.getOrigin() != null) {
      text.append("\n    Origin: ").append(property.getOrigin());
    }
    return text.toString();
  }

  /** Returns the lines for a property, and the reason why it is wrong. */
  static String of(ConfigurationProperty property, String reason) {
    return of(property) + "\n    Reason: " + reason;
  }

  /** Returns the lines for a property without its value, and the reason why it is wrong. */
  static String ofSecret(ConfigurationProperty property, String reason) {
    return withValue(property, HIDDEN) + "\n    Reason: " + reason;
  }

  /** Returns the lines for a property; empty for null. */
  static String ofNullable(@Nullable ConfigurationProperty property) {
    return property == null ? "" : of(property);
  }

  /** Returns name and origin of a property in brackets; empty for null. */
  static String inline(@Nullable ConfigurationProperty property) {
    return property == null ? "" : " (%s, %s)".formatted(property.getName(), property.getOrigin());
  }

  static String value(ConfigurationProperty property) {
    return isSecret(property.getName().toString()) ? HIDDEN : String.valueOf(property.getValue());
  }

  /** Whether the value of a key is a password or something like it. */
  static boolean isSecret(String key) {
    String name = key.toLowerCase(Locale.ROOT);
    return SECRET.matcher(RETRY_TOKENS.matcher(name).replaceAll("")).find();
  }
}
