// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.connection;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;

/** Reads the labels by which a container says which targets it serves, and on which port. */
final class ContainerLabels {

  /** The names of targets, separated by commas. */
  static final String TARGET = "dev.clientconn.target";

  /** The port inside of the container. */
  static final String PORT = "dev.clientconn.port";

  private ContainerLabels() {}

  static Set<String> targets(Map<String, String> labels) {
    Set<String> names = new LinkedHashSet<>();
    for (String name : labels.getOrDefault(TARGET, "").split(",", -1)) {
      if (!name.isBlank()) {
        names.add(name.strip());
      }
    }
    return names;
  }

  /**
   * Returns the port of the label.
   *
   * @throws IllegalStateException if the label is not a port
   */
  static Optional<Integer> port(Map<String, String> labels) {
    @Nullable String label = labels.get(PORT);
    if (label == null) {
      return Optional.empty();
    }
    String port = label.strip();
    if (!port.matches("\\d{1,5}")) {
      throw new IllegalStateException(
          "The label %s is '%s', which is not a port.".formatted(PORT, label));
    }
    return Optional.of(Integer.valueOf(port));
  }

  /**
   * Returns the port of a container that has only one.
   *
   * @throws IllegalStateException if it has none or several
   */
  static int only(Collection<Integer> ports, String verb, String none) {
    if (ports.size() == 1) {
      return ports.iterator().next();
    }
    throw new IllegalStateException(
        ports.isEmpty()
            ? "The container %s no port. Add %s".formatted(verb, none)
            : "The container %s the ports %s. Name the one inside of the container by the label %s."
                .formatted(verb, StringUtils.collectionToCommaDelimitedString(ports), PORT));
  }

  /** Returns an address as it stands in the properties. */
  static String address(String host, int port) {
    return "dns:///%s:%d".formatted(host.indexOf(':') < 0 ? host : "[" + host + "]", port);
  }
}
