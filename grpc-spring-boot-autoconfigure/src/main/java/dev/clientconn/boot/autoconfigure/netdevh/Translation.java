// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.netdevh;

import dev.clientconn.boot.autoconfigure.netdevh.ClientTranslator.Leaf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.Environment;

/**
 * Holds the new settings for all keys of net.devh's starter. A target gets what its client has and
 * inherits; what all of them inherit becomes a default, unless there are other targets, which would
 * inherit it too.
 *
 * @param keys the old keys
 * @param settings the new settings
 * @param refused old keys that have no equivalent, with the reason
 * @param leftOut old keys that have no effect in that starter either, as lines of text
 */
public record Translation(
    Set<ConfigurationPropertyName> keys,
    List<NewSetting> settings,
    Map<ConfigurationPropertyName, String> refused,
    Collection<String> leftOut) {

  /** No old keys. */
  public static final Translation NONE = new Translation(Set.of(), List.of(), Map.of(), List.of());

  /** Settings that cannot be defaults. */
  private static final Set<String> PERSONAL = Set.of("address", "authority");

  private static final List<String> CLIENT = List.of("grpc", "client");

  /**
   * Translates the old keys of an environment.
   *
   * @param environment the environment
   * @param otherTargets names of the targets in the new form; what net.devh's starter implies is
   *     not added to one of them
   * @param scheme what precedes the name of a client without an address, unless
   *     {@code grpc.default-scheme} is set
   * @return the new settings; none if there are no old keys
   */
  public static Translation of(
      Environment environment, Collection<String> otherTargets, String scheme) {
    OldClients clients = OldClients.in(environment);
    Problems problems = new Problems();
    boolean onlyGlobal = clients.named().isEmpty();
    List<ClientTranslator> translated = clients.merged().stream()
        .map(client -> new ClientTranslator(
                client, !onlyGlobal && !contains(otherTargets, client.name()), problems)
            .translate(clients.defaultScheme(scheme)))
        .toList();
    Map<String, NewSetting> settings = new LinkedHashMap<>();
    Map<String, Leaf> shared =
        !otherTargets.isEmpty() && !onlyGlobal ? Map.of() : shared(translated);
    shared.forEach((key, leaf) -> add(List.of("defaults"), key, leaf, settings));
    if (!onlyGlobal) {
      Leaf implied = translated.get(0).interceptors();
      add(List.of("interceptors"), "global", implied, settings);
    }
    for (ClientTranslator client : translated) {
      client.leaves().forEach((key, leaf) -> {
        if (onlyGlobal && PERSONAL.contains(key)) {
          problems.leftOut(leaf.source(), "It applies to one target and cannot be a default.");
        } else if (!shared.containsKey(key)) {
          add(List.of("targets", client.name()), key, leaf, settings);
        }
      });
    }
    translated.stream()
        .flatMap(client -> client.bundle().stream())
        .forEach(setting -> settings.putIfAbsent(setting.key(), setting));
    return new Translation(
        clients.keys(), List.copyOf(settings.values()), problems.refused(), problems.leftOut());
  }

  private static boolean contains(Collection<String> names, String name) {
    return names.stream().map(OldKeys::uniform).anyMatch(OldKeys.uniform(name)::equals);
  }

  /** Returns the settings that all clients inherit or imply with the same value. */
  private static Map<String, Leaf> shared(List<ClientTranslator> clients) {
    Map<String, Leaf> shared = new LinkedHashMap<>();
    if (!clients.isEmpty()) {
      clients.get(0).leaves().forEach((key, leaf) -> {
        boolean everywhere = clients.stream()
            .map(client -> client.leaves().get(key))
            .allMatch(each -> each != null && each.shared() && each.value().equals(leaf.value()));
        if (everywhere && !PERSONAL.contains(key)) {
          shared.put(key, leaf);
        }
      });
    }
    return shared;
  }

  private static void add(
      List<String> parents, String key, Leaf leaf, Map<String, NewSetting> settings) {
    List<String> path = new ArrayList<>(CLIENT);
    path.addAll(parents);
    path.addAll(Arrays.asList(key.split("\\.")));
    NewSetting setting = new NewSetting(path, leaf.value(), leaf.source().property());
    settings.put(setting.key(), setting);
  }
}
