// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.springgrpc;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * Reads the properties of Spring Boot's gRPC client below {@code spring.grpc.client.channel},
 * without their values being bound: the values keep their placeholders and origins.
 */
public final class BootChannels {

  /** The channel that Boot uses where no other is named. */
  public static final String DEFAULT = "default";

  /** Boot's address of a channel that has none. */
  public static final String DEFAULT_ADDRESS = "static://localhost:9090";

  private static final ConfigurationPropertyName CHANNEL =
      ConfigurationPropertyName.of("spring.grpc.client.channel");

  /** Elements of the name of a channel, such as spring.grpc.client.channel.orders. */
  private static final int ENTRY_LENGTH = 5;

  private final Map<String, BootChannel> byName = new LinkedHashMap<>();

  /** The source of each list: as everywhere in Boot, a list is taken from one property source. */
  private final Map<String, ConfigurationPropertySource> lists = new HashMap<>();

  private BootChannels() {}

  /**
   * Reads all channels.
   *
   * @param environment the environment with the properties
   * @return the channels in the order of the properties
   */
  public static List<BootChannel> of(Environment environment) {
    BootChannels channels = new BootChannels();
    for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
      if (source instanceof IterableConfigurationPropertySource iterable) {
        iterable.stream()
            .filter(CHANNEL::isAncestorOf)
            .filter(name -> name.getNumberOfElements() > ENTRY_LENGTH)
            .forEach(name -> channels.add(source, name));
      }
    }
    return List.copyOf(channels.byName.values());
  }

  /** Called in the order of precedence; the lowest decides the spelling of a channel's name. */
  private void add(ConfigurationPropertySource source, ConfigurationPropertyName name) {
    ConfigurationProperty property = source.getConfigurationProperty(name);
    if (property == null) {
      return;
    }
    String spelling = name.getElement(ENTRY_LENGTH - 1, Form.ORIGINAL);
    BootChannel channel = this.byName.compute(
        canonical(spelling),
        (key, present) -> new BootChannel(
            spelling, present == null ? new LinkedHashMap<>() : present.properties()));
    List<String> path = new ArrayList<>();
    for (int i = ENTRY_LENGTH; i < name.getNumberOfElements(); i++) {
      String element = canonical(name.getElement(i, Form.ORIGINAL));
      if (name.isNumericIndex(i)) {
        String list = canonical(spelling) + "." + String.join(".", path);
        ConfigurationPropertySource first = this.lists.putIfAbsent(list, source);
        if (first != null && first != source) {
          return;
        }
        element = "[" + element + "]";
      }
      path.add(element);
    }
    channel.properties().putIfAbsent(List.copyOf(path), property);
  }

  /** Returns a name in the form in which names are compared. */
  static String canonical(String name) {
    return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
  }

  /**
   * A channel of Boot's gRPC client.
   *
   * @param name the name as it is written
   * @param properties the properties by their path below the channel, in canonical spelling
   */
  public record BootChannel(String name, Map<List<String>, ConfigurationProperty> properties) {

    /**
     * Tests whether this is the channel that is used where no other is named.
     *
     * @return whether its name is {@code default}
     */
    public boolean isDefault() {
      return this.name.equals(DEFAULT);
    }

    /**
     * Finds a property.
     *
     * @param path its path below the channel
     * @return the property, or null if it is not set
     */
    public @Nullable ConfigurationProperty find(String... path) {
      return this.properties.get(List.of(path));
    }

    /**
     * Tests whether a property of a group is set.
     *
     * @param group the first element of the path
     * @return whether there is a property in it
     */
    public boolean has(String group) {
      return this.properties.keySet().stream().anyMatch(path -> path.get(0).equals(group));
    }
  }
}
