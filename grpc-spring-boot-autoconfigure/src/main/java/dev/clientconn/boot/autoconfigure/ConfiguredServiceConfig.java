// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.util.StringUtils;

/**
 * Reads the service config of a target or of the defaults: that of a file, whose keys the keys in
 * the properties replace.
 */
final class ConfiguredServiceConfig {

  private static final String LOCATION = "service-config-location";

  private final ConfigurationPropertyName layer;

  private final ConfiguredProperties properties;

  private ConfiguredServiceConfig(
      ConfigurationPropertyName layer, ConfiguredProperties properties) {
    this.layer = layer;
    this.properties = properties;
  }

  /**
   * Reads a service config.
   *
   * @param layer the key of the target, or of the defaults
   * @param location the location of the file; null if there is none. An empty one is an empty
   *     service config.
   * @return null if nothing is configured
   */
  static @Nullable Map<String, Object> read(
      ConfigurationPropertyName layer, @Nullable String location, ConfiguredProperties properties) {
    Map<String, Object> keys = ServiceConfigTree.read(layer.append("service-config"), properties);
    if (location == null) {
      return keys;
    }
    Map<String, Object> config = new LinkedHashMap<>();
    if (StringUtils.hasText(location)) {
      config.putAll(new ConfiguredServiceConfig(layer, properties).file(location.strip()));
    }
    if (keys != null) {
      config.putAll(keys);
    }
    return config;
  }

  private Map<String, Object> file(String location) {
    try {
      return ServiceConfigFile.read(location);
    } catch (ServiceConfigFile.UnusableException unusable) {
      throw invalid(location, String.valueOf(unusable.getMessage()));
    }
  }

  private RuntimeException invalid(String location, String reason) {
    return this.properties.invalid(this.layer.append(LOCATION), location, reason);
  }
}
