// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Lists the configured targets by name, with the place where each is configured. It binds no
 * values, so bean definitions can be registered before there are beans; {@link
 * GrpcClientProperties} has the settings. Immutable.
 */
public final class GrpcClientTargets {

  private static final ConfigurationPropertyName TARGETS =
      ConfigurationPropertyName.of("grpc.client.targets");

  static final ConfigurationPropertyName DEFAULTS =
      ConfigurationPropertyName.of("grpc.client.defaults");

  /** Elements of the name of a target, such as grpc.client.targets.greeter. */
  private static final int ENTRY_LENGTH = 4;

  private final ConfiguredProperties properties;

  private final Map<String, ConfigurationPropertyName> entries = new LinkedHashMap<>();

  private GrpcClientTargets(Environment environment) {
    this.properties = new ConfiguredProperties(environment);
    for (ConfigurationPropertySource source : this.properties.sources()) {
      if (source instanceof IterableConfigurationPropertySource iterable) {
        // The source of lowest precedence comes last and decides the spelling: an override by an
        // environment variable or a system property must not rename beans.
        this.entries.putAll(entries(iterable));
      }
    }
  }

  /**
   * Reads the names of the targets.
   *
   * @param environment the environment with the properties
   * @return the targets
   * @throws DuplicateTargetNameException if one property source spells the same name in two ways
   */
  public static GrpcClientTargets of(Environment environment) {
    return new GrpcClientTargets(environment);
  }

  /**
   * Lists the targets.
   *
   * @return the names as they were written
   */
  public List<String> names() {
    return this.entries.values().stream().map(GrpcClientTargets::nameOf).toList();
  }

  /**
   * Finds a target by its name, ignoring case and dashes.
   *
   * @param name the name in any spelling
   * @return the name as it was written in the configuration, or empty if there is no such target
   */
  public Optional<String> find(String name) {
    return Optional.ofNullable(this.entries.get(TargetNames.canonical(name)))
        .map(GrpcClientTargets::nameOf);
  }

  /**
   * Tests whether a name is that of a configured target, or is an address.
   *
   * @param name the name in any spelling
   * @return whether a channel can be created for it
   */
  public boolean isUsable(String name) {
    return find(name).isPresent() || TargetNames.isAddress(name);
  }

  /**
   * Returns the bean name that the channel of a target or address has.
   *
   * @param name the name of a target in any spelling, or an address
   * @return the bean name; there may be no such bean
   */
  public String channelBean(String name) {
    return ClientConnBeanRegistrar.beanName(find(name).orElse(name));
  }

  /** The configuration name of a target, or null if there is no such target. */
  @Nullable
  ConfigurationPropertyName entry(String name) {
    return this.entries.get(TargetNames.canonical(name));
  }

  /** The property sources that the targets were read from. */
  ConfiguredProperties properties() {
    return this.properties;
  }

  /** Whether a target has at least one setting under exactly this name. */
  boolean isComplete(String name) {
    ConfigurationPropertyName entry = this.entries.get(TargetNames.canonical(name));
    return entry != null
        && this.properties.below(entry).stream()
            .anyMatch(property -> isSetting(property.getName()));
  }

  /**
   * Describes where a target is configured, for reports.
   *
   * @param name the name in any spelling
   * @return the property and its origin, or null for an address
   */
  public @Nullable String origin(String name) {
    ConfigurationPropertyName entry = this.entries.get(TargetNames.canonical(name));
    return entry == null
        ? null
        : this.properties.below(entry).stream()
            .map(property -> entry + " from " + property.getOrigin())
            .findFirst()
            .orElse(entry.toString());
  }

  private static boolean isSetting(ConfigurationPropertyName name) {
    return SettingKeys.OF_A_TARGET.find(KeyCheck.elements(name, ENTRY_LENGTH)) != null;
  }

  private static Map<String, ConfigurationPropertyName> entries(
      IterableConfigurationPropertySource source) {
    Map<String, ConfigurationPropertyName> entries = new LinkedHashMap<>();
    Map<String, ConfigurationProperty> spellings = new HashMap<>();
    boolean variables = source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
    source.stream()
        .filter(TARGETS::isAncestorOf)
        .filter(property -> !variables || isVariable(property))
        .forEach(property -> {
          ConfigurationPropertyName entry = property.chop(ENTRY_LENGTH);
          String canonical = TargetNames.canonical(nameOf(entry));
          ConfigurationProperty value = source.getConfigurationProperty(property);
          if (value != null) {
            rejectOtherSpelling(spellings.putIfAbsent(canonical, value), value);
          }
          entries.put(canonical, entry);
        });
    return entries;
  }

  private static void rejectOtherSpelling(
      @Nullable ConfigurationProperty first, ConfigurationProperty second) {
    if (first != null && !spelling(first).equals(spelling(second))) {
      throw new DuplicateTargetNameException(first, second);
    }
  }

  private static String spelling(ConfigurationProperty property) {
    return nameOf(property.getName().chop(ENTRY_LENGTH));
  }

  /** Whether the name of the target has no underscore and is followed by a key. */
  private static boolean isVariable(ConfigurationPropertyName name) {
    return SettingKeys.OF_A_TARGET.findFromEnvironment(KeyCheck.elements(name, ENTRY_LENGTH))
        != null;
  }

  static String nameOf(ConfigurationPropertyName entry) {
    return entry.getLastElement(Form.ORIGINAL);
  }
}
