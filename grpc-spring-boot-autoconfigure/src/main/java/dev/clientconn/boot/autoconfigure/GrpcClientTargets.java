// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.boot.autoconfigure.GrpcClientProperties.Target;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;

/**
 * The configured targets: their names, and what holds for each after it has inherited from the defaults. Both layers are
 * bound onto one object, so each leaf that a target leaves out keeps the default's value. Immutable once made.
 */
public final class GrpcClientTargets {

  private static final ConfigurationPropertyName TARGETS =
      ConfigurationPropertyName.of("grpc.client.targets");

  private static final ConfigurationPropertyName DEFAULTS =
      ConfigurationPropertyName.of("grpc.client.defaults");

  private final Iterable<ConfigurationPropertySource> sources;

  private final Binder binder;

  private final Map<String, ConfigurationPropertyName> entries = new LinkedHashMap<>();

  private GrpcClientTargets(Environment environment) {
    this.sources = ConfigurationPropertySources.get(environment);
    this.binder = Binder.get(environment);
    for (ConfigurationPropertySource source : this.sources) {
      if (source instanceof IterableConfigurationPropertySource iterable) {
        // The source of lowest precedence comes last and gives the spelling: an override from an
        // environment variable
        // or a system property must not rename beans.
        this.entries.putAll(entries(iterable));
      }
    }
  }

  /**
   * Reads the names of the targets.
   *
   * @throws DuplicateTargetNameException if one property source spells the same name in two ways
   */
  public static GrpcClientTargets of(Environment environment) {
    return new GrpcClientTargets(environment);
  }

  /** The names as they were written. */
  public List<String> names() {
    return this.entries.values().stream().map(GrpcClientTargets::nameOf).toList();
  }

  /** The target that a name means, in whatever case and with whatever dashes, as it was written in the configuration. */
  public Optional<String> find(String name) {
    return Optional.ofNullable(this.entries.get(TargetNames.canonical(name)))
        .map(GrpcClientTargets::nameOf);
  }

  /** Whether {@link #settings} will find something for a name: a configured target or an address. */
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
    rejectPersonalDefault("address", values.getAddress());
    rejectPersonalDefault("authority", values.getAuthority());
    ConfigurationPropertyName entry = this.entries.get(TargetNames.canonical(name));
    if (entry == null) {
      if (!TargetNames.isAddress(name)) {
        throw new UnknownGrpcTargetException(name, names());
      }
      values.setAddress(name);
      return new TargetSettings(name, values, leaf -> DEFAULTS + "." + leaf);
    }
    letBundleOutweighInheritedSwitch(entry, values);
    bind(entry, values);
    return new TargetSettings(nameOf(entry), values, leaf -> keyOf(entry, leaf));
  }

  private static Map<String, ConfigurationPropertyName> entries(
      IterableConfigurationPropertySource source) {
    Map<String, ConfigurationPropertyName> entries = new LinkedHashMap<>();
    Map<String, String> spellings = new HashMap<>();
    source.stream()
        .filter(TARGETS::isAncestorOf)
        .map(property -> property.chop(TARGETS.getNumberOfElements() + 1))
        .forEach(entry -> {
          String name = nameOf(entry);
          String other = spellings.putIfAbsent(TargetNames.canonical(name), name);
          if (other != null && !other.equals(name)) {
            throw new DuplicateTargetNameException(other, name, describe(source));
          }
          entries.put(TargetNames.canonical(name), entry);
        });
    return entries;
  }

  private static String describe(ConfigurationPropertySource source) {
    return source.getUnderlyingSource() instanceof PropertySource<?> underlying
        ? underlying.getName()
        : source.toString();
  }

  private static String nameOf(ConfigurationPropertyName entry) {
    return entry.getLastElement(Form.ORIGINAL);
  }

  private void bind(ConfigurationPropertyName name, Target values) {
    this.binder.bind(name, Bindable.ofInstance(values));
  }

  /** A bundle named by the target itself asks for TLS, even where the defaults switch TLS off for the others. */
  private void letBundleOutweighInheritedSwitch(ConfigurationPropertyName entry, Target values) {
    Target own = new Target();
    bind(entry, own);
    if (own.getSsl().getBundle() != null && own.getSsl().getEnabled() == null) {
      values.getSsl().setEnabled(null);
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

  /** The key that set a leaf, for error messages: the target's own, or else the one of the defaults. */
  private String keyOf(ConfigurationPropertyName entry, String leaf) {
    ConfigurationPropertyName own = entry.append(leaf);
    for (ConfigurationPropertySource source : this.sources) {
      if (source.getConfigurationProperty(own) != null) {
        return own.toString();
      }
    }
    return DEFAULTS.append(leaf).toString();
  }
}
