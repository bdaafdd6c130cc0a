// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.io.ApplicationResourceLoader;
import org.springframework.boot.json.GsonJsonParser;
import org.springframework.boot.json.JsonParseException;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.io.Resource;
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
      String json = text(location);
      if (!json.stripLeading().startsWith("{")) {
        throw invalid(location, "The file has no JSON object: it does not begin with '{'.");
      }
      // Gson comes with grpc-core. The parser that Boot prefers names no line in its errors.
      Map<String, Object> config = new GsonJsonParser().parseMap(json);
      check("", config, ServiceConfigKeys.ROOT, location);
      return config;
    } catch (JsonParseException noJson) {
      String cause =
          String.valueOf(NestedExceptionUtils.getMostSpecificCause(noJson).getMessage());
      // The second line is the address of Gson's documentation.
      String reason = cause.lines().findFirst().orElse("");
      throw invalid(location, "The file has no JSON object: %s.".formatted(reason));
    }
  }

  private String text(String location) {
    try {
      Resource file = ApplicationResourceLoader.get(ApplicationResourceLoader.get(), true)
          .getResource(location);
      if (!file.exists()) {
        // The description has the absolute path of a relative one.
        throw unreadable(location, file.getDescription() + " does not exist");
      }
      return file.getContentAsString(StandardCharsets.UTF_8);
    } catch (CharacterCodingException noText) {
      throw unreadable(location, "it is not UTF-8");
    } catch (IOException | IllegalArgumentException failure) {
      throw unreadable(location, String.valueOf(failure.getMessage()));
    }
  }

  private RuntimeException unreadable(String location, String reason) {
    return invalid(location, "The file cannot be read: %s.".formatted(reason));
  }

  /** The keys of JSON have one spelling. Unknown keys would have no effect. */
  private void check(String path, Object value, ServiceConfigKeys place, String location) {
    if (value instanceof List<?> elements) {
      for (int i = 0; i < elements.size(); i++) {
        check(path + "[" + i + "]", elements.get(i), place.element(), location);
      }
    } else if (value instanceof Map<?, ?> object) {
      object.forEach((name, child) -> {
        String key = String.valueOf(name);
        ServiceConfigKeys.Key known = place.find(key);
        if (known == null || !known.name().equals(key)) {
          throw invalid(location, unknown(path, key, place));
        }
        check(path.isEmpty() ? key : path + "." + key, child, known.place(), location);
      });
    }
  }

  private static String unknown(String path, String key, ServiceConfigKeys place) {
    String where = path.isEmpty() ? "in the file" : "in " + path + " of the file";
    String instead = place
        .nearest(key)
        .map("Did you mean '%s'?"::formatted)
        .orElse("Known keys: " + String.join(", ", place.names()) + ".");
    return "There is no key '%s' %s. %s".formatted(key, where, instead);
  }

  private RuntimeException invalid(String location, String reason) {
    return this.properties.invalid(this.layer.append(LOCATION), location, reason);
  }
}
