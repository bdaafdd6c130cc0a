// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.boot.autoconfigure.OldSpellings.Line;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Thrown if there are unknown keys below {@code grpc.client}, most of them misspelt or of another
 * starter.
 */
final class UnknownKeyException extends GrpcClientConfigurationException {

  private static final long serialVersionUID = 1L;

  UnknownKeyException(Collection<KeyProblem> problems, NetDevhLayer netDevh) {
    super(describe(problems, netDevh), act(problems, netDevh));
  }

  private static String describe(Collection<KeyProblem> problems, NetDevhLayer netDevh) {
    boolean refused = problems.stream().allMatch(problem -> netDevh.isRefused(problem.property()));
    String one = refused
        ? "A key of the starter of net.devh cannot be translated:"
        : "A key of gRPC clients is unknown:";
    String several = refused
        ? "%d keys of the starter of net.devh cannot be translated:"
        : "%d keys of gRPC clients are unknown:";
    String what = problems.size() == 1 ? one : several.formatted(problems.size());
    return problems.stream()
        .map(UnknownKeyException::describe)
        .collect(Collectors.joining("", what, ""));
  }

  /** The value of a misspelt key is a secret if that of the nearest known key is. */
  private static String describe(KeyProblem problem) {
    Line instead = problem.instead();
    return instead != null && PropertyText.isSecret(instead.key())
        ? PropertyText.ofSecret(problem.property(), problem.reason())
        : PropertyText.of(problem.property(), problem.reason());
  }

  private static String act(Collection<KeyProblem> problems, NetDevhLayer netDevh) {
    YamlLines yaml = new YamlLines();
    boolean old = problems.stream().anyMatch(problem -> netDevh.isKey(problem.property()));
    if (old) {
      netDevh.addTo(yaml);
    }
    // The interval of pings is more specific than the switch for them.
    problems.stream()
        .sorted(Comparator.comparing(problem -> isSwitch(problem.property())))
        .filter(problem -> !isVariable(problem.property()))
        .map(KeyProblem::instead)
        .filter(Objects::nonNull)
        .forEach(line -> add(line, yaml));
    String lines = yaml + variables(problems);
    boolean all = problems.stream()
        .allMatch(problem -> problem.instead() != null || netDevh.isKey(problem.property()));
    boolean refused = problems.stream().anyMatch(problem -> netDevh.isRefused(problem.property()));
    if (lines.isEmpty()) {
      return "Remove or correct it. Known keys:\n\n" + known();
    }
    return "Write instead:\n\n"
        + lines
        + (refused ? "\nThese lines lack the keys that cannot be translated.\n" : "")
        + (old ? netDevh.advice() : "")
        + (all ? "" : "\nRemove or correct the others. Known keys:\n\n" + known());
  }

  private static boolean isVariable(ConfigurationProperty property) {
    ConfigurationPropertySource source = property.getSource();
    return source != null
        && source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
  }

  /** Returns the lines for environment variables, in their own spelling. */
  private static String variables(Collection<KeyProblem> problems) {
    return problems.stream()
        .filter(problem -> isVariable(problem.property()))
        .map(KeyProblem::instead)
        .filter(Objects::nonNull)
        .map(line -> "    " + variable(line) + "=" + value(line) + "\n")
        .collect(Collectors.joining());
  }

  private static String variable(Line line) {
    return KeyCheck.path(line)
        .replaceAll("[-\\[\\]]", "")
        .replace('.', '_')
        .toUpperCase(Locale.ROOT);
  }

  private static String value(Line line) {
    return PropertyText.isSecret(line.key()) ? PropertyText.HIDDEN : line.value();
  }

  private static boolean isSwitch(ConfigurationProperty property) {
    return TargetNames.canonical(property.getName().toString()).endsWith(".enablekeepalive");
  }

  private static void add(Line line, YamlLines yaml) {
    yaml.addBelowClient(line.parents(), line.key(), value(line));
  }

  private static String known() {
    String keys = SettingKeys.OF_A_TARGET.all().stream()
        .map(key -> "    grpc.client.targets.<name>." + key)
        .collect(Collectors.joining("\n"));
    String ofTheClient = SettingKeys.OF_THE_CLIENT.all().stream()
        .map(key -> "    grpc.client." + key + "\n")
        .collect(Collectors.joining());
    return ofTheClient
        + "    grpc.client.defaults: as for a target, without address and authority\n"
        + keys;
  }
}
