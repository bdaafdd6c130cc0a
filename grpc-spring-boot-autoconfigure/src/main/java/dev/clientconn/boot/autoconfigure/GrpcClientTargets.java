// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.boot.autoconfigure.GrpcClientProperties.Target;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.StringUtils;

/**
 * The configured targets: their names, and what holds for each after it has inherited from the
 * defaults. Both layers are bound onto one object, so each leaf that a target leaves out keeps the
 * default's value. Immutable once made.
 */
public final class GrpcClientTargets {

  private static final ConfigurationPropertyName TARGETS =
      ConfigurationPropertyName.of("grpc.client.targets");

  private static final ConfigurationPropertyName DEFAULTS =
      ConfigurationPropertyName.of("grpc.client.defaults");

  /** Elements of the name of a target, such as grpc.client.targets.greeter. */
  private static final int ENTRY_LENGTH = 4;

  private final ConfiguredProperties properties;

  private final Binder binder;

  private final Map<String, ConfigurationPropertyName> entries = new LinkedHashMap<>();

  private GrpcClientTargets(Environment environment) {
    this.properties = new ConfiguredProperties(environment);
    this.binder = Binder.get(environment);
    for (ConfigurationPropertySource source : this.properties.sources()) {
      if (source instanceof IterableConfigurationPropertySource iterable) {
        // The source of lowest precedence comes last and gives the spelling: an override from an
        // environment variable or a system property must not rename beans.
        this.entries.putAll(entries(iterable));
      }
    }
  }

  /**
   * Reads the names of the targets.
   *
   * @param environment where the properties are; it is read again for each target's settings
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
   * Finds the target that a name means. Case and dashes of the name do not matter.
   *
   * @param name the name as somebody spells it
   * @return the name as it was written in the configuration, or empty if there is no such target
   */
  public Optional<String> find(String name) {
    return Optional.ofNullable(this.entries.get(TargetNames.canonical(name)))
        .map(GrpcClientTargets::nameOf);
  }

  /**
   * Tests whether a name means a configured target or is itself an address.
   *
   * @param name the name as somebody spells it
   * @return whether there is something to connect to for it
   */
  public boolean isUsable(String name) {
    return find(name).isPresent() || TargetNames.isAddress(name);
  }

  /**
   * What holds for a target. An address that is no name gets the defaults.
   *
   * @throws UnknownGrpcTargetException if there is no such target and the name is no address
   */
  TargetSettings settings(String name) {
    Target values = new Target();
    bind(DEFAULTS, values);
    rejectContradiction(DEFAULTS);
    rejectPersonalDefault("address", values.getAddress());
    rejectPersonalDefault("authority", values.getAuthority());
    ConfigurationPropertyName entry = this.entries.get(TargetNames.canonical(name));
    if (entry == null) {
      if (!TargetNames.isAddress(name)) {
        throw new UnknownGrpcTargetException(name, names());
      }
      values.setAddress(name);
      return new TargetSettings(name, values, this.properties, DEFAULTS::append, List.of());
    }
    rejectContradiction(entry);
    letBundleOutweighInheritedSwitch(entry, values);
    bind(entry, values);
    return new TargetSettings(
        nameOf(entry),
        values,
        this.properties,
        leaf -> keyOf(entry, leaf),
        this.properties.below(entry));
  }

  /**
   * How long calls in flight of a channel get; what belongs to no target gets what the defaults
   * say.
   */
  Duration gracePeriod(String name) {
    Target values = new Target();
    bind(DEFAULTS, values);
    ConfigurationPropertyName entry = this.entries.get(TargetNames.canonical(name));
    if (entry != null) {
      bind(entry, values);
    }
    return values.getShutdown().getGracePeriod();
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
   * @param name the name as somebody spells it
   * @return the property and its origin, or null for an address that stands in place of a name
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

  /** Whether the name of the target ends at the first underscore, and a key follows. */
  private static boolean isVariable(ConfigurationPropertyName name) {
    return SettingKeys.OF_A_TARGET.findFromEnvironment(KeyCheck.elements(name, ENTRY_LENGTH))
        != null;
  }

  private static String nameOf(ConfigurationPropertyName entry) {
    return entry.getLastElement(Form.ORIGINAL);
  }

  private void bind(ConfigurationPropertyName name, Target values) {
    this.binder.bind(name, Bindable.ofInstance(values));
  }

  /**
   * A bundle named by the target itself asks for TLS, even where the defaults switch TLS off for
   * the others.
   */
  private void letBundleOutweighInheritedSwitch(ConfigurationPropertyName entry, Target values) {
    Target own = new Target();
    bind(entry, own);
    if (StringUtils.hasText(own.getSsl().getBundle()) && own.getSsl().getEnabled() == null) {
      values.getSsl().setEnabled(null);
    }
  }

  /** TLS from a bundle and no TLS at the same time, said in one place. */
  private void rejectContradiction(ConfigurationPropertyName layer) {
    Target own = new Target();
    bind(layer, own);
    String bundle = own.getSsl().getBundle();
    if (StringUtils.hasText(bundle) && Boolean.FALSE.equals(own.getSsl().getEnabled())) {
      throw new InvalidConfigurationPropertyValueException(
          layer.append("ssl.enabled").toString(),
          false,
          ("It contradicts %s, which asks for TLS with the bundle '%s'. Remove one of the two; an"
                  + " empty ssl.bundle takes away one that another file sets.")
              .formatted(layer.append("ssl.bundle"), bundle));
    }
  }

  private static void rejectPersonalDefault(String leaf, @Nullable String value) {
    if (value != null) {
      throw new InvalidConfigurationPropertyValueException(
          DEFAULTS + "." + leaf,
          value,
          "It belongs to one target and cannot be a default for all.");
    }
  }

  /**
   * The key that set a leaf, for error messages: the target's own, or else the one of the defaults.
   */
  private ConfigurationPropertyName keyOf(ConfigurationPropertyName entry, String leaf) {
    ConfigurationPropertyName own = entry.append(leaf);
    return this.properties.find(own) != null ? own : DEFAULTS.append(leaf);
  }
}
