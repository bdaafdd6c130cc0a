// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.boot.autoconfigure.EffectiveSetting.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.util.StringUtils;

/**
 * Lists the settings of a channel. Lists of groups and maps are taken apart: each value in them has
 * an origin of its own.
 */
final class EffectiveSettings {

  /** Values that may be read by authorized users only, besides those with a telling name. */
  private static final Pattern SECRET = Pattern.compile("(metadata[.\\[].*)|(.*\\.username)");

  private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z0-9_-]+");

  /** Keys with maps of any keys. */
  private static final Set<String> MAPS = Set.of("service-config", "metadata");

  private final SettingOrigins now;

  private final List<EffectiveSetting> settings = new ArrayList<>();

  private EffectiveSettings(SettingOrigins now) {
    this.now = now;
  }

  /**
   * Returns the settings in the order of their keys.
   *
   * @param values what the channel has, as {@link TargetSettings#tree} has it
   * @param now what the properties say
   */
  static List<EffectiveSetting> of(Map<String, Object> values, SettingOrigins now) {
    EffectiveSettings settings = new EffectiveSettings(now);
    SettingKeys.OF_A_TARGET.all().forEach(key -> settings.add(key, find(values, key)));
    return List.copyOf(settings.settings);
  }

  private static @Nullable Object find(Map<?, ?> values, String key) {
    Object value = values;
    for (String element : key.split("\\.", -1)) {
      value = value instanceof Map<?, ?> group ? group.get(camelCase(element)) : null;
    }
    return value;
  }

  private static String camelCase(String key) {
    StringBuilder name = new StringBuilder();
    for (String word : key.split("-", -1)) {
      name.append(name.isEmpty() ? word : StringUtils.capitalize(word));
    }
    return name.toString();
  }

  private void add(String key, @Nullable Object value) {
    if (value == null) {
      Object ofLibrary = LibraryDefaults.of(key);
      if (ofLibrary != null) {
        this.settings.add(
            new EffectiveSetting(key, ofLibrary, Layer.LIBRARY, null, null, null, false));
      }
      return;
    }
    boolean current = Objects.equals(value, find(this.now.values(), key));
    String details = current ? this.now.details(key) : null;
    if (details != null) {
      this.settings.add(new EffectiveSetting(
          key,
          SettingText.of(value),
          Layer.CONNECTION_DETAILS,
          null,
          details,
          null,
          isSecret(key)));
      return;
    }
    each("", value, MAPS.contains(key), (path, leaf) -> {
      ConfigurationProperty property = current ? property(key, path) : null;
      this.settings.add(setting(key + dotted(path), SettingText.of(leaf), property));
    });
  }

  /** What a file has comes from its location. */
  private @Nullable ConfigurationProperty property(String key, String path) {
    ConfigurationProperty property = this.now.find(key, path);
    return property == null && key.equals("service-config")
        ? this.now.find("service-config-location", "")
        : property;
  }

  private static String dotted(String path) {
    return path.isEmpty() || path.startsWith("[") ? path : "." + path;
  }

  /** Whether only authorized users may see the value of a key. */
  static boolean isSecret(String key) {
    return SECRET.matcher(key).matches() || PropertyText.isSecret(key);
  }

  private static EffectiveSetting setting(
      String key, Object value, @Nullable ConfigurationProperty property) {
    boolean secret = isSecret(key);
    return property == null
        ? new EffectiveSetting(key, value, null, null, null, null, secret)
        : new EffectiveSetting(
            key,
            value,
            SettingOrigins.layer(property),
            property.getName().toString(),
            SettingOrigins.origin(property),
            SettingOrigins.source(property),
            secret);
  }

  /** Calls {@code leaf} with the path and value of everything that is no map, nor list of maps. */
  private static void each(
      String path, Object value, boolean map, BiConsumer<String, Object> leaf) {
    if (value instanceof Map<?, ?> entries && !entries.isEmpty()) {
      entries.forEach((key, entry) -> {
        if (entry != null) {
          each(child(path, String.valueOf(key), map), entry, map, leaf);
        }
      });
    } else if (value instanceof List<?> elements
        && elements.stream().anyMatch(Map.class::isInstance)) {
      for (int i = 0; i < elements.size(); i++) {
        each(path + "[" + i + "]", elements.get(i), map, leaf);
      }
    } else {
      leaf.accept(path, value);
    }
  }

  /** The keys of a map stay as they are; those of a group are names of Java. */
  private static String child(String path, String name, boolean map) {
    String key = map ? name : DataObjectPropertyName.toDashedForm(name);
    if (!PLAIN_KEY.matcher(key).matches()) {
      return path + "[" + key + "]";
    }
    return path.isEmpty() ? key : path + "." + key;
  }
}
