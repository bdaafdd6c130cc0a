// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.boot.autoconfigure.OldSpellings.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;

/** Finds unknown keys below {@code grpc.client.targets}. */
final class TargetKeyCheck {

  private static final SettingKeys KEYS = SettingKeys.OF_A_TARGET;

  /**
   * Variables that Kubernetes sets for a service whose name begins with grpc-client-targets.
   */
  private static final Pattern KUBERNETES =
      Pattern.compile(".*\\.(service\\.(host|port(\\..*)?)|port(\\.\\d+\\..*)?)");

  private final GrpcClientTargets targets;

  TargetKeyCheck(GrpcClientTargets targets) {
    this.targets = targets;
  }

  @Nullable
  KeyProblem look(ConfigurationProperty property, boolean variable) {
    if (property.getName().getNumberOfElements() == 3) {
      return new KeyProblem(
          property, "It contains targets by name, not a value.", scalar("<name>", property));
    }
    if (property.getName().isNumericIndex(3)) {
      return inList(property);
    }
    List<String> elements = KeyCheck.elements(property.getName(), 3);
    String name = elements.get(0);
    List<String> path = elements.subList(1, elements.size());
    if (path.isEmpty()) {
      return new KeyProblem(
          property, "A target is a group of keys, not a value.", scalar(name, property));
    }
    return variable ? ofVariable(property, elements) : ofKey(property, name, path);
  }

  private static @Nullable Line scalar(String name, ConfigurationProperty property) {
    String value = PropertyText.value(property);
    return new Line(
        List.of("targets", name), "address", value.isEmpty() ? "dns:///<host>:<port>" : value);
  }

  private static KeyProblem inList(ConfigurationProperty property) {
    List<String> path = KeyCheck.elements(property.getName(), 4);
    List<String> parents = List.of("targets", "<name>");
    Line instead = path.isEmpty()
        ? scalar("<name>", property)
        : OldSpellings.setting(parents, path, PropertyText.value(property)).orElse(null);
    return new KeyProblem(
        property, "Targets are not a list. Each needs a name as its key.", instead);
  }

  private @Nullable KeyProblem ofKey(
      ConfigurationProperty property, String name, List<String> path) {
    if (KEYS.find(path) != null) {
      return null;
    }
    for (int dots = 1; dots < path.size() && !this.targets.isComplete(name); dots++) {
      String key = KEYS.find(path.subList(dots, path.size()));
      if (key != null) {
        String dotted = name + "." + String.join(".", path.subList(0, dots));
        return new KeyProblem(
            property,
            "A name with dots needs brackets: \"[%s]\". Without them, '%s' is the name."
                .formatted(dotted, name),
            new Line(List.of("targets", dotted), key, PropertyText.value(property)));
      }
    }
    return unknown(property, List.of("targets", name), path);
  }

  /** Checks an environment variable, where an underscore can be a dot or a dash. */
  private @Nullable KeyProblem ofVariable(ConfigurationProperty property, List<String> elements) {
    if (KEYS.findFromEnvironment(elements.subList(1, elements.size())) != null
        || KUBERNETES.matcher(String.join(".", elements)).matches()) {
      return null;
    }
    for (int words = 2; words < elements.size(); words++) {
      String name = String.join("", elements.subList(0, words));
      String key = KEYS.findFromEnvironment(elements.subList(words, elements.size()));
      if (key != null) {
        return this.targets.find(name).isPresent()
            ? null
            : new KeyProblem(
                property,
                "Leave out the dashes of a name in environment variables: %s."
                    .formatted(variable(name, key)),
                new Line(List.of("targets", name), key, PropertyText.value(property)));
      }
    }
    return unknown(
        property, List.of("targets", elements.get(0)), elements.subList(1, elements.size()));
  }

  private static String variable(String name, String key) {
    return ("GRPC_CLIENT_TARGETS_" + name + "_" + key.replace("-", "").replace('.', '_'))
        .toUpperCase(java.util.Locale.ROOT);
  }

  /** Describes an unknown key of a target or of the defaults. */
  static KeyProblem unknown(
      ConfigurationProperty property, List<String> parents, List<String> path) {
    String key = String.join(".", path);
    if (TargetNames.canonical(key).equals("serviceconfig")) {
      return new KeyProblem(
          property,
          "It is a service config and needs at least one of its keys: %s."
              .formatted(String.join(", ", ServiceConfigKeys.ROOT.names())),
          null);
    }
    if (TargetNames.canonical(key).equals("metadata")) {
      return new KeyProblem(property, "It contains metadata by key, not a value.", null);
    }
    KeyProblem known = knownElsewhere(property, path);
    if (known != null) {
      return known;
    }
    for (int i = path.size() - 1; i > 0; i--) {
      String leaf = KEYS.find(path.subList(0, i));
      if (leaf != null && !KEYS.isList(leaf)) {
        return new KeyProblem(
            property,
            "%s takes one value and has no keys or elements.".formatted(leaf),
            leaf.equals("address") ? new Line(parents, leaf, "static://<host>:<port>,...") : null);
      }
    }
    return misspelt(property, parents, path);
  }

  private static KeyProblem misspelt(
      ConfigurationProperty property, List<String> parents, List<String> path) {
    String value = PropertyText.value(property);
    String key = String.join(".", path);
    Optional<Line> old = OldSpellings.setting(parents, path, value);
    Optional<Line> meant =
        old.or(() -> KEYS.nearest(path).map(nearest -> new Line(parents, nearest, value)));
    String reason =
        "There is no key '%s' below %s.".formatted(key, String.join(".", generic(parents)));
    return new KeyProblem(
        property,
        reason + meant.map(line -> " Did you mean '%s'?".formatted(line.key())).orElse(""),
        meant.orElse(null));
  }

  /** Describes a key that is for all clients, or a group; null if it is neither. */
  private static @Nullable KeyProblem knownElsewhere(
      ConfigurationProperty property, List<String> path) {
    String key = path.size() > 1 ? SettingKeys.OF_THE_CLIENT.find(path) : null;
    if (key != null) {
      return new KeyProblem(
          property,
          "It is for all clients: write it directly below grpc.client.",
          new Line(List.of(), key, PropertyText.value(property)));
    }
    List<String> group = KEYS.inGroup(path);
    return group.isEmpty()
        ? null
        : new KeyProblem(
            property,
            "It is a group and needs at least one of its keys: %s."
                .formatted(String.join(", ", group)),
            null);
  }

  private static List<String> generic(List<String> parents) {
    List<String> generic = new ArrayList<>(List.of("grpc", "client"));
    generic.add(parents.get(0));
    if (parents.size() > 1) {
      generic.add("<name>");
    }
    return generic;
  }
}
