// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.boot.autoconfigure.EffectiveSetting.Layer;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.PropertySource;

/**
 * Finds the properties that the settings of a target come from.
 *
 * @param settings the target; null if it is not configured
 * @param values its settings by name, as {@link TargetSettings#tree} has them
 */
record SettingOrigins(@Nullable TargetSettings settings, Map<String, Object> values) {

  /** Of a target that is not configured. */
  static final SettingOrigins NONE = new SettingOrigins(null, Map.of());

  /** Keys whose values connection details replace. */
  private static final Set<String> OF_DETAILS = Set.of("address", "ssl.enabled", "proxy.enabled");

  static SettingOrigins of(TargetSettings settings) {
    return new SettingOrigins(settings, settings.tree());
  }

  /** Returns the bean whose connection details have the value of a key; null if none has. */
  @Nullable
  String details(String key) {
    return this.settings != null && this.settings.connection() != null && OF_DETAILS.contains(key)
        ? this.settings.connection().source()
        : null;
  }

  /**
   * Returns the property with a value; null if there is none.
   *
   * @param key the key of the group, list or map that the value is in, or its own key
   * @param path the path from there, such as {@code [0].names}; empty for a value of its own
   */
  @Nullable
  ConfigurationProperty find(String key, String path) {
    if (this.settings == null) {
      return null;
    }
    ConfigurationProperty found = find(this.settings, this.settings.keys().apply(key), path);
    // A target inherits each key of the metadata separately.
    return found == null
        ? find(this.settings, GrpcClientTargets.DEFAULTS.append(key), path)
        : found;
  }

  private static @Nullable ConfigurationProperty find(
      TargetSettings settings, ConfigurationPropertyName parent, String path) {
    ConfigurationProperty single = path.isEmpty() ? settings.properties().find(parent) : null;
    if (single != null) {
      return single;
    }
    // The elements of a list are properties, the list is none.
    String wanted = uniform(path);
    return settings.properties().below(parent).stream()
        .filter(each -> uniform(below(each.getName(), parent)).startsWith(wanted))
        .findFirst()
        .orElse(null);
  }

  private static String below(ConfigurationPropertyName name, ConfigurationPropertyName parent) {
    return String.join(".", KeyCheck.elements(name, parent.getNumberOfElements()));
  }

  /** Returns a path in the form in which paths are compared; empty or with a dot at its end. */
  private static String uniform(String path) {
    String dotted = path.replace("].", ".").replace('[', '.').replace("]", "");
    String uniform = TargetNames.canonical(dotted.startsWith(".") ? dotted.substring(1) : dotted);
    return uniform.isEmpty() ? "" : uniform + ".";
  }

  static Layer layer(ConfigurationProperty property) {
    PropertySource<?> source = source(property);
    String name = source == null ? "" : source.getName();
    return switch (name) {
      case SpringGrpcLayer.SOURCE -> Layer.SPRING_GRPC;
      case NetDevhLayer.SOURCE -> Layer.NET_DEVH;
      default ->
        GrpcClientTargets.DEFAULTS.isAncestorOf(property.getName()) ? Layer.DEFAULTS : Layer.TARGET;
    };
  }

  static @Nullable PropertySource<?> source(ConfigurationProperty property) {
    ConfigurationPropertySource source = property.getSource();
    return source != null && source.getUnderlyingSource() instanceof PropertySource<?> underlying
        ? underlying
        : null;
  }

  static String origin(ConfigurationProperty property) {
    Origin origin = property.getOrigin();
    return layer(property) == Layer.SPRING_GRPC && !SpringGrpcLayer.isFromProperty(origin)
        ? "what Spring Boot's gRPC client does by default"
        : String.valueOf(origin);
  }
}
