// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Translates settings of other gRPC client starters for error messages: those of net.devh ({@code
 * grpc.client.<name>.*}) and of Spring Boot ({@code spring.grpc.client.*}). No values are bound
 * from them.
 */
final class OldSpellings {

  /**
   * A translated setting.
   *
   * @param parents the groups of the key below {@code grpc.client}
   * @param key the key in its group
   * @param value the value
   */
  record Line(List<String> parents, String key, String value) {}

  /** Keys with other names and equal values, in the spelling of net.devh or Boot without dashes. */
  private static final Map<String, String> RENAMED = Map.ofEntries(
      Map.entry("target", "address"),
      Map.entry("security.authorityoverride", "authority"),
      Map.entry("defaultrequesttimeout", "deadline"),
      Map.entry("default.deadline", "deadline"),
      Map.entry("defaultloadbalancingpolicy", "load-balancing-policy"),
      Map.entry("default.loadbalancingpolicy", "load-balancing-policy"),
      Map.entry("keepalivetime", "keepalive.time"),
      Map.entry("keepalivetimeout", "keepalive.timeout"),
      Map.entry("keepalivewithoutcalls", "keepalive.without-calls"),
      Map.entry("shutdowngraceperiod", "shutdown.grace-period"),
      Map.entry("maxinboundmetadatasize", "inbound.metadata.max-size"),
      Map.entry("connecttimeout", "connect.timeout"),
      Map.entry("idletimeout", "idle.timeout"),
      Map.entry("sslbundle", "ssl.bundle"),
      Map.entry("tls.enabled", "ssl.enabled"),
      Map.entry("tls.bundle", "ssl.bundle"));

  /** Keys that cannot be in the defaults. */
  private static final Set<String> PERSONAL = Set.of("address", "authority");

  private OldSpellings() {}

  /**
   * Translates a setting of a target or of the defaults.
   *
   * @param parents {@code targets} and a name, or {@code defaults}
   * @param path the key as it is written, in any of the spellings
   */
  static Optional<Line> setting(List<String> parents, List<String> path, String value) {
    return translate(path, value)
        .filter(line -> parents.size() > 1 || !PERSONAL.contains(line.key))
        .map(line -> new Line(parents, line.key, line.value));
  }

  private static Optional<Line> translate(List<String> path, String value) {
    String key = TargetNames.canonical(String.join(".", path));
    String same = SettingKeys.OF_A_TARGET.find(path);
    String renamed = same != null ? same : RENAMED.get(key);
    if (renamed != null) {
      return line(renamed, value);
    }
    return switch (key) {
      case "negotiationtype" -> line("ssl.enabled", "" + value.equalsIgnoreCase("tls"));
      case "maxinboundmessagesize" ->
        line("inbound.message.max-size", value.equals("-1") ? "2147483647B" : value);
      case "enablekeepalive" ->
        value.equalsIgnoreCase("true") ? line("keepalive.time", "5m") : Optional.empty();
      default ->
        key.startsWith("security.")
            ? line("ssl.bundle", "<a bundle below spring.ssl.bundle>")
            : Optional.empty();
    };
  }

  private static Optional<Line> line(String key, String value) {
    return Optional.of(new Line(List.of(), key, value));
  }

  /** Translates a key {@code spring.grpc.client.<elements>} of Spring Boot's client. */
  static Optional<Line> boot(List<String> elements, String value) {
    if (elements.size() == 1 && elements.get(0).equals("enabled")) {
      return line("enabled", value);
    }
    return elements.size() < 3 || !elements.get(0).startsWith("channel")
        ? Optional.empty()
        : setting(parents(elements.get(1)), elements.subList(2, elements.size()), value);
  }

  private static List<String> parents(String channel) {
    return channel.equalsIgnoreCase("default") ? List.of("defaults") : List.of("targets", channel);
  }
}
