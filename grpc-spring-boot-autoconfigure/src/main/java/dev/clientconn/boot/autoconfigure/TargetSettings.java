// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Holds the settings of a target, with the origins of the values.
 *
 * @param name the configured name, or the address if it has no name
 * @param values the merged settings; do not change them
 * @param properties the property sources with the settings
 * @param keys returns the configuration key that a value such as {@code ssl.bundle} comes from
 * @param own the properties of the target itself, for messages
 */
record TargetSettings(
    String name,
    GrpcClientProperties.Target values,
    ConfiguredProperties properties,
    Function<String, ConfigurationPropertyName> keys,
    List<ConfigurationProperty> own) {

  /**
   * Returns the address to connect to.
   *
   * @throws MissingTargetAddressException if no address is configured
   */
  String address() {
    String address = this.values.getAddress();
    if (address == null || address.isBlank()) {
      throw new MissingTargetAddressException(this);
    }
    return address.strip();
  }

  /**
   * Returns the property that a value comes from; null if it is not configured.
   */
  @Nullable
  ConfigurationProperty property(String leaf) {
    return this.properties.find(this.keys.apply(leaf));
  }

  InvalidConfigurationPropertyValueException invalid(String leaf, Object value, String reason) {
    return new InvalidConfigurationPropertyValueException(
        this.keys.apply(leaf).toString(), value, reason);
  }

  /** Returns the lines that set a value for this target, or in the defaults if it has no name. */
  String yaml(String key, String value) {
    boolean named = !this.name.equals(address());
    List<String> parents = named ? List.of("targets", this.name) : List.of("defaults");
    return new YamlLines().addBelowClient(parents, key, value).toString();
  }
}
