// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.boot.autoconfigure.OldSpellings.Line;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.ClassUtils;

/**
 * Finds unknown keys below {@code grpc.client}, and keys of other starters that are not on the
 * class path. Keys of a starter that is on the class path are not checked.
 */
final class KeyCheck {

  static final String BOOT =
      "org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration";

  private static final Log logger = LogFactory.getLog(KeyCheck.class);

  private static final ConfigurationPropertyName CLIENT =
      ConfigurationPropertyName.of("grpc.client");

  private static final ConfigurationPropertyName BOOT_CLIENT =
      ConfigurationPropertyName.of("spring.grpc.client");

  private final Iterable<ConfigurationPropertySource> sources;

  private final TargetKeyCheck targetKeys;

  private final boolean besideNetDevh;

  private final boolean besideOther;

  private final NetDevhLayer netDevh;

  private final boolean besideBoot;

  private final Map<ConfigurationPropertyName, KeyProblem> problems = new LinkedHashMap<>();

  private KeyCheck(Environment environment, @Nullable ClassLoader classLoader) {
    this.sources = ConfigurationPropertySources.get(environment);
    this.besideNetDevh = OtherStarter.NET_DEVH.isOn(classLoader);
    this.besideOther = !OtherStarter.on(classLoader).isEmpty();
    this.netDevh =
        this.besideNetDevh ? NetDevhLayer.NONE : NetDevhLayer.apply(environment, classLoader);
    this.targetKeys = new TargetKeyCheck(GrpcClientTargets.of(environment));
    this.besideBoot = ClassUtils.isPresent(BOOT, classLoader);
  }

  /**
   * Checks all keys of an environment. Before that, it adds the channels of Spring Boot's client to
   * the environment, and the translated keys of net.devh's starter if {@code
   * grpc.client.migration} says so. Warns of other starters.
   *
   * @throws UnknownKeyException if there are unknown keys
   */
  static void run(Environment environment, @Nullable ClassLoader classLoader) {
    runAgain(environment, classLoader);
    OtherStarter.on(classLoader).forEach(other -> logger.warn(other.warning()));
  }

  /** Checks all keys of an environment that has changed, without the warnings of the start. */
  static void runAgain(Environment environment, @Nullable ClassLoader classLoader) {
    SpringGrpcLayer.apply(environment, classLoader);
    KeyCheck check = new KeyCheck(environment, classLoader);
    check.sources.forEach(check::look);
    if (!check.problems.isEmpty()) {
      throw new UnknownKeyException(check.problems.values(), check.netDevh);
    }
  }

  private void look(ConfigurationPropertySource source) {
    if (source instanceof IterableConfigurationPropertySource iterable) {
      boolean variables = source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
      iterable.stream()
          .filter(name -> CLIENT.isAncestorOf(name) || BOOT_CLIENT.isAncestorOf(name))
          .map(iterable::getConfigurationProperty)
          .filter(Objects::nonNull)
          .forEach(property -> look(property, variables));
    }
  }

  private void look(ConfigurationProperty property, boolean variable) {
    ConfigurationPropertyName name = property.getName();
    KeyProblem problem;
    if (BOOT_CLIENT.isAncestorOf(name)) {
      problem = this.besideBoot ? null : ofBoot(property, elements(name, 3));
    } else {
      List<String> elements = elements(name, 2);
      problem = switch (TargetNames.canonical(elements.get(0))) {
        case "targets" -> this.targetKeys.look(property, variable);
        case "defaults" -> inDefaults(property, elements.subList(1, elements.size()), variable);
        default ->
          isOfTheClient(elements, variable)
              ? ofTheClient(property, elements)
              : this.besideOther ? null : direct(property, elements, variable);
      };
    }
    if (problem != null) {
      this.problems.putIfAbsent(name, problem);
    }
  }

  /** The starter of net.devh binds each group below {@code grpc.client} as a client. */
  private @Nullable KeyProblem ofTheClient(ConfigurationProperty property, List<String> elements) {
    return elements.size() == 1 && this.besideNetDevh
        ? new KeyProblem(
            property,
            "The starter of net.devh, which is on the classpath too, takes it for a client of this"
                + " name, and cannot start. Remove the key, or that starter.",
            null)
        : null;
  }

  static List<String> elements(ConfigurationPropertyName name, int from) {
    List<String> elements = new ArrayList<>();
    for (int i = from; i < name.getNumberOfElements(); i++) {
      elements.add(name.getElement(i, Form.ORIGINAL));
    }
    return elements;
  }

  private static @Nullable KeyProblem inDefaults(
      ConfigurationProperty property, List<String> path, boolean variable) {
    if (path.isEmpty()) {
      return new KeyProblem(property, "The defaults are a group of keys, not a value.", null);
    }
    SettingKeys keys = SettingKeys.OF_A_TARGET;
    String known = variable ? keys.findFromEnvironment(path) : keys.find(path);
    return known != null ? null : TargetKeyCheck.unknown(property, List.of("defaults"), path);
  }

  private static boolean isOfTheClient(List<String> elements, boolean variable) {
    SettingKeys keys = SettingKeys.OF_THE_CLIENT;
    return (variable ? keys.findFromEnvironment(elements) : keys.find(elements)) != null;
  }

  /**
   * Checks a key that is neither below {@code targets} nor below {@code defaults}: it is misspelt,
   * misplaced, or a key of net.devh.
   */
  private @Nullable KeyProblem direct(
      ConfigurationProperty property, List<String> elements, boolean variable) {
    if (this.netDevh.isKey(property)) {
      return this.netDevh.problem(property, variable);
    }
    String value = PropertyText.value(property);
    Optional<Line> respelt = respelt(elements, value);
    if (respelt.isPresent()) {
      return unknown(property, respelt.get());
    }
    if (variable) {
      // Kubernetes sets GRPC_CLIENT_PORT and others for a service called grpc-client, and a
      // variable GRPC_CLIENT_GREETER_ADDRESS may be used in a placeholder.
      return null;
    }
    String same = SettingKeys.OF_A_TARGET.find(elements);
    if (same != null) {
      return unknown(property, new Line(List.of("defaults"), same, value));
    }
    KeyProblem ofClient = this.netDevh.unknownKey(property, elements);
    return ofClient == null ? unknown(property, nearest(elements, value)) : ofClient;
  }

  private static @Nullable Line nearest(List<String> elements, String value) {
    return SettingKeys.OF_THE_CLIENT
        .nearest(elements)
        .map(key -> new Line(List.of(), key, value))
        .or(() -> nearestOfATarget(elements, value))
        .orElse(null);
  }

  /** The group may be a target whose parent is missing. */
  private static Optional<Line> nearestOfATarget(List<String> elements, String value) {
    return elements.size() < 2
        ? Optional.empty()
        : SettingKeys.OF_A_TARGET
            .nearest(elements.subList(1, elements.size()))
            .map(key -> new Line(List.of("targets", elements.get(0)), key, value));
  }

  /**
   * Returns the key with {@code targets} or {@code defaults} as its first element, if that is a
   * known key.
   */
  private static Optional<Line> respelt(List<String> elements, String value) {
    String meant =
        TargetNames.nearest(elements.get(0), List.of("targets", "defaults")).orElse("");
    int names = meant.equals("targets") ? 2 : 1;
    if (meant.isEmpty() || elements.size() <= names) {
      return Optional.empty();
    }
    List<String> parents = new ArrayList<>(elements.subList(0, names));
    parents.set(0, meant);
    return OldSpellings.setting(parents, elements.subList(names, elements.size()), value);
  }

  private static KeyProblem unknown(ConfigurationProperty property, @Nullable Line instead) {
    String reason = "Known keys directly below grpc.client: %s, defaults, targets."
        .formatted(String.join(", ", SettingKeys.OF_THE_CLIENT.all()));
    String where = instead == null ? "" : " Did you mean %s?".formatted(path(instead));
    return new KeyProblem(property, reason + where, instead);
  }

  static String path(Line line) {
    ConfigurationPropertyName name = CLIENT;
    for (String parent : line.parents()) {
      name = name.append(parent.contains(".") ? "[" + parent + "]" : parent);
    }
    return name.append(line.key()).toString();
  }

  private static @Nullable KeyProblem ofBoot(
      ConfigurationProperty property, List<String> elements) {
    return OldSpellings.boot(elements, PropertyText.value(property))
        .map(line -> new KeyProblem(
            property,
            "It belongs to Spring Boot's own gRPC client, which is not on the classpath.",
            line))
        .orElse(null);
  }
}
