// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.NestedExceptionUtils;

/**
 * Describes why settings are refused, with the property, its value and its origin. At the start
 * Boot's failure analyzers do so; there are none afterwards.
 */
final class RefusedSettings {

  private RefusedSettings() {}

  static String describe(Throwable refused, ConfiguredProperties properties) {
    for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
      if (cause instanceof InvalidConfigurationPropertyValueException invalid) {
        ConfigurationProperty property =
            properties.find(ConfigurationPropertyName.adapt(invalid.getName(), '.'));
        String fallback = "%s is '%s'. ".formatted(invalid.getName(), invalid.getValue());
        return of(property, invalid.getReason(), fallback);
      }
      if (cause instanceof BindException bind) {
        Throwable root = NestedExceptionUtils.getMostSpecificCause(bind);
        return of(bind.getProperty(), String.valueOf(root.getMessage()), bind.getName() + ": ");
      }
      if (cause instanceof GrpcClientConfigurationException configuration) {
        return String.valueOf(configuration.getMessage());
      }
    }
    return withRootCause(refused);
  }

  /** Spring's exceptions of beans do not always have the reason in their message. */
  private static String withRootCause(Throwable refused) {
    String text = refused.toString();
    String root = NestedExceptionUtils.getMostSpecificCause(refused).toString();
    return text.contains(root) ? text : text + ": " + root;
  }

  private static String of(
      @Nullable ConfigurationProperty property, @Nullable String reason, String fallback) {
    return property == null ? fallback + reason : PropertyText.of(property, String.valueOf(reason));
  }
}
