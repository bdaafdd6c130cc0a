// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.boot.autoconfigure.connection.TargetConnection;
import dev.clientconn.boot.autoconfigure.interceptor.GlobalInterceptors;
import dev.clientconn.boot.autoconfigure.settings.SslSettings;
import io.grpc.NameResolverRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * @param connection where address and certificates come from; null if from properties
 * @param globalInterceptors which interceptor beans are applied to all clients
 */
record TargetSettings(
    String name,
    GrpcClientProperties.Target values,
    ConfiguredProperties properties,
    Function<String, ConfigurationPropertyName> keys,
    List<ConfigurationProperty> own,
    @Nullable TargetConnection connection,
    GlobalInterceptors globalInterceptors) {

  /** Prefix of host and port that Spring Boot's own client accepts. */
  private static final String TCP = "tcp://";

  /** Returns settings with the connection instead of address, TLS and proxy. */
  TargetSettings with(TargetConnection connection) {
    this.values.setAddress(connection.address());
    SslSettings ssl = this.values.getSsl();
    ssl.setEnabled(connection.bundle() != null);
    ssl.setBundle(null);
    ssl.setVerify(null);
    this.values.getProxy().setEnabled(false);
    return new TargetSettings(
        this.name,
        this.values,
        this.properties,
        this.keys,
        this.own,
        connection,
        this.globalInterceptors);
  }

  /** Returns all values, to be compared with others. */
  Map<String, Object> tree() {
    Map<String, Object> tree = new LinkedHashMap<>(SettingsTree.of(this.values));
    if (this.connection != null && this.connection.bundle() != null) {
      tree.put("bundle of connection details", this.connection.bundle());
    }
    tree.put("global interceptors", this.globalInterceptors);
    return tree;
  }

  /**
   * Returns the address to connect to, without the prefix {@code tcp://}.
   *
   * @throws MissingTargetAddressException if no address is configured
   */
  String address() {
    String address = this.values.getAddress();
    if (address == null || address.isBlank()) {
      throw new MissingTargetAddressException(this);
    }
    String stripped = address.strip();
    boolean tcp = stripped.regionMatches(true, 0, TCP, 0, TCP.length());
    return tcp && NameResolverRegistry.getDefaultRegistry().getProviderForScheme("tcp") == null
        ? stripped.substring(TCP.length())
        : stripped;
  }

  /**
   * Returns the property that a value comes from; null if it is not configured.
   */
  @Nullable
  ConfigurationProperty property(String leaf) {
    return this.properties.find(this.keys.apply(leaf));
  }

  /** Whether a value, or an element of it, is configured, by the target or by the defaults. */
  boolean isSet(String leaf) {
    return this.properties.isSet(this.keys.apply(leaf));
  }

  /** Whether a value, or an element of it, is configured by the target itself. */
  boolean isOwn(String leaf) {
    ConfigurationPropertyName name = this.keys.apply(leaf);
    return this.own.stream()
        .map(ConfigurationProperty::getName)
        .anyMatch(each -> each.equals(name) || name.isAncestorOf(each));
  }

  /** Describes a mistake of the address, by where it comes from. */
  RuntimeException invalidAddress(String reason) {
    return this.connection == null
        ? invalid("address", address(), reason)
        : this.connection.invalid("The address '%s': %s".formatted(address(), reason));
  }

  InvalidConfigurationPropertyValueException invalid(String leaf, Object value, String reason) {
    ConfigurationPropertyName name = this.keys.apply(leaf);
    // The elements of a list are properties, the list is none.
    ConfigurationPropertyName found = this.properties.below(name).stream()
        .filter(property -> this.properties.find(name) == null)
        .filter(property -> value.equals(this.properties.value(property)))
        .map(ConfigurationProperty::getName)
        .findFirst()
        .orElse(name);
    return this.properties.invalid(found, value, reason);
  }

  /** Describes a mistake of a group of keys by the first of them. */
  InvalidConfigurationPropertyValueException invalidGroup(String group, String reason) {
    ConfigurationPropertyName name = this.keys.apply(group);
    ConfigurationProperty single = this.properties.find(name);
    ConfigurationProperty first =
        single != null ? single : this.properties.below(name).get(0);
    return this.properties.invalid(first.getName(), this.properties.value(first), reason);
  }

  /** Returns the lines that set a value for this target, or in the defaults if it has no name. */
  String yaml(String key, String value) {
    boolean named = !this.name.equals(this.values.getAddress());
    List<String> parents = named ? List.of("targets", this.name) : List.of("defaults");
    return new YamlLines().addBelowClient(parents, key, value).toString();
  }
}
