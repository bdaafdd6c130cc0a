// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/** Finds properties with their origins, for messages. Values are bound by the Binder. */
final class ConfiguredProperties {

  private final Iterable<ConfigurationPropertySource> sources;

  private final PropertySourcesPlaceholdersResolver placeholders;

  ConfiguredProperties(Environment environment) {
    this.sources = ConfigurationPropertySources.get(environment);
    this.placeholders = new PropertySourcesPlaceholdersResolver(environment);
  }

  Iterable<ConfigurationPropertySource> sources() {
    return this.sources;
  }

  /** The property in the source of highest precedence, or null if no source has it. */
  @Nullable
  ConfigurationProperty find(ConfigurationPropertyName name) {
    for (ConfigurationPropertySource source : this.sources) {
      ConfigurationProperty property = source.getConfigurationProperty(name);
      if (property != null) {
        return property;
      }
    }
    return null;
  }

  /** Whether there is a property of this name or below it. */
  boolean isSet(ConfigurationPropertyName name) {
    return find(name) != null || !below(name).isEmpty();
  }

  /** Returns the value of a property with its placeholders resolved. */
  Object value(ConfigurationProperty property) {
    Object resolved = this.placeholders.resolvePlaceholders(property.getValue());
    return resolved == null ? "" : resolved;
  }

  /**
   * Describes a value that cannot be used. Boot shows the value as it is written; where that has
   * placeholders, the reason shows what they stand for.
   */
  InvalidConfigurationPropertyValueException invalid(
      ConfigurationPropertyName name, Object value, String reason) {
    ConfigurationProperty property = find(name);
    Object raw = property == null ? value : property.getValue();
    Object resolved = property == null ? value : value(property);
    String text = raw.toString().equals(resolved.toString())
        ? reason
        : "It stands for '%s'. %s".formatted(resolved, reason);
    return new InvalidConfigurationPropertyValueException(name.toString(), value, text);
  }

  /** All properties below a name, each in the source of highest precedence. */
  List<ConfigurationProperty> below(ConfigurationPropertyName parent) {
    Map<ConfigurationPropertyName, ConfigurationProperty> found = new LinkedHashMap<>();
    each(parent, (source, property) -> found.putIfAbsent(property.getName(), property));
    return List.copyOf(found.values());
  }

  /** Visits the properties below a name in all sources, beginning with the highest precedence. */
  void each(
      ConfigurationPropertyName parent,
      BiConsumer<ConfigurationPropertySource, ConfigurationProperty> visitor) {
    for (ConfigurationPropertySource source : this.sources) {
      if (source instanceof IterableConfigurationPropertySource iterable) {
        iterable.stream()
            .filter(parent::isAncestorOf)
            .map(iterable::getConfigurationProperty)
            .filter(Objects::nonNull)
            .forEach(property -> visitor.accept(source, property));
      }
    }
  }
}
