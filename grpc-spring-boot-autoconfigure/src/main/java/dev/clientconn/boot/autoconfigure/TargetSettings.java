// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * What holds for one target.
 *
 * @param name its configured name, or its address where it has none
 * @param values the merged settings; not to be changed
 * @param properties where the settings were written
 * @param keys gives the configuration key from which a leaf such as {@code ssl.bundle} was taken
 * @param own the settings of the target itself, for messages
 */
record TargetSettings(
    String name,
    GrpcClientProperties.Target values,
    ConfiguredProperties properties,
    Function<String, ConfigurationPropertyName> keys,
    List<ConfigurationProperty> own) {

  /**
   * Where to connect to.
   *
   * @throws MissingTargetAddressException if the configuration does not say it
   */
  String address() {
    String address = this.values.getAddress();
    if (address == null || address.isBlank()) {
      throw new MissingTargetAddressException(this);
    }
    return address.strip();
  }

  /**
   * The property that a leaf was taken from; null for a default of the library, or an address in
   * place of a name.
   */
  @Nullable
  ConfigurationProperty property(String leaf) {
    return this.properties.find(this.keys.apply(leaf));
  }

  InvalidConfigurationPropertyValueException invalid(String leaf, Object value, String reason) {
    return new InvalidConfigurationPropertyValueException(
        this.keys.apply(leaf).toString(), value, reason);
  }

  /** The lines that set something for this target, or for all where it has no name. */
  String yaml(String key, String value) {
    boolean named = !this.name.equals(address());
    List<String> parents = named ? List.of("targets", this.name) : List.of("defaults");
    return new YamlLines().addBelowClient(parents, key, value).toString();
  }
}
