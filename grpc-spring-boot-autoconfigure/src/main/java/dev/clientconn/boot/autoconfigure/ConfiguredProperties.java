// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/** Finds properties with their origins, for messages. Values are bound by the Binder. */
final class ConfiguredProperties {

  private final Iterable<ConfigurationPropertySource> sources;

  ConfiguredProperties(Environment environment) {
    this.sources = ConfigurationPropertySources.get(environment);
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

  /** All properties below a name, each in the source of highest precedence. */
  List<ConfigurationProperty> below(ConfigurationPropertyName parent) {
    Map<ConfigurationPropertyName, ConfigurationProperty> found = new LinkedHashMap<>();
    for (ConfigurationPropertySource source : this.sources) {
      if (source instanceof IterableConfigurationPropertySource iterable) {
        iterable.stream().filter(parent::isAncestorOf).forEach(name -> {
          ConfigurationProperty property = iterable.getConfigurationProperty(name);
          if (property != null) {
            found.putIfAbsent(name, property);
          }
        });
      }
    }
    return List.copyOf(found.values());
  }
}
