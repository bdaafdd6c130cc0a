// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.netdevh;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/** Reads the clients of net.devh's starter from the property sources. */
final class OldClients {

  private static final ConfigurationPropertyName CLIENT =
      ConfigurationPropertyName.of("grpc.client");

  private static final ConfigurationPropertyName DEFAULT_SCHEME =
      ConfigurationPropertyName.of("grpc.default-scheme");

  private static final String GLOBAL = "GLOBAL";

  /** Groups of this starter, and their likely misspellings: they are no names of clients. */
  private static final Set<String> GROUPS = Set.of("targets", "target", "defaults", "default");

  private final Environment environment;

  private final Map<String, OldClient> clients = new LinkedHashMap<>();

  private final Set<ConfigurationPropertyName> keys = new LinkedHashSet<>();

  private @Nullable OldValue defaultScheme;

  private OldClients(Environment environment) {
    this.environment = environment;
  }

  static OldClients in(Environment environment) {
    OldClients clients = new OldClients(environment);
    for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
      if (source instanceof IterableConfigurationPropertySource iterable) {
        iterable.stream()
            .filter(CLIENT::isAncestorOf)
            .map(iterable::getConfigurationProperty)
            .filter(Objects::nonNull)
            .forEach(clients::add);
      }
      ConfigurationProperty scheme = source.getConfigurationProperty(DEFAULT_SCHEME);
      if (scheme != null && clients.defaultScheme == null) {
        clients.defaultScheme = clients.value(scheme);
      }
    }
    return clients;
  }

  private void add(ConfigurationProperty property) {
    List<String> path = new ArrayList<>();
    for (int i = 2; i < property.getName().getNumberOfElements(); i++) {
      path.add(property.getName().getElement(i, Form.ORIGINAL));
    }
    String name = path.get(0);
    String canonical = OldKeys.uniform(name);
    String key = GROUPS.contains(canonical) ? null : OldKeys.find(path.subList(1, path.size()));
    if (key != null) {
      this.keys.add(property.getName());
      OldClient client = this.clients.computeIfAbsent(canonical, absent -> new OldClient(name));
      client.add(key, value(property));
      // The source of lowest precedence comes last and decides the spelling: environment variables
      // have no dashes.
      client.respell(name);
    }
  }

  private OldValue value(ConfigurationProperty property) {
    String raw = String.valueOf(property.getValue());
    return new OldValue(property, raw, this.environment.resolvePlaceholders(raw).strip(), false);
  }

  /** All keys that were read. */
  Set<ConfigurationPropertyName> keys() {
    return this.keys;
  }

  /** Returns what precedes the name of a client without an address, placeholders included. */
  String defaultScheme(String implied) {
    return this.defaultScheme == null ? implied : this.defaultScheme.raw();
  }

  /** The clients except GLOBAL. */
  Collection<OldClient> named() {
    return this.clients.entrySet().stream()
        .filter(entry -> !entry.getKey().equals(OldKeys.uniform(GLOBAL)))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** The clients with what they inherit from GLOBAL; GLOBAL itself if there is no other. */
  Collection<OldClient> merged() {
    OldClient global = this.clients.get(OldKeys.uniform(GLOBAL));
    List<OldClient> merged = new ArrayList<>(named());
    if (global != null && merged.isEmpty()) {
      merged.add(new OldClient(GLOBAL));
    }
    if (global != null) {
      merged.forEach(client -> client.inherit(global));
    }
    return merged;
  }
}
