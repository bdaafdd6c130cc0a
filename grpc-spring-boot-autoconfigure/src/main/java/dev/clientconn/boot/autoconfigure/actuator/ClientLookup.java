// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.actuator;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.ClientConnRegistry;
import dev.clientconn.boot.autoconfigure.GrpcClientTargets;
import dev.clientconn.boot.autoconfigure.TargetNames;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Finds channels by the names in requests. */
final class ClientLookup {

  private static final Pattern SLASHES = Pattern.compile("/+");

  private final ClientConnRegistry registry;

  private final GrpcClientTargets targets;

  ClientLookup(ClientConnRegistry registry, GrpcClientTargets targets) {
    this.registry = registry;
    this.targets = targets;
  }

  /** Returns all channels by name. */
  Map<String, ClientConn> all() {
    return this.registry.channels();
  }

  /**
   * Finds a channel by its name, or by another spelling of its target. Slashes in a row count as
   * one: web servers do not accept more of them in a path.
   *
   * @throws ClientProblemException if there is no such channel
   */
  Map.Entry<String, ClientConn> find(String name) {
    Map<String, ClientConn> channels = all();
    String exact = channels.containsKey(name) ? name : this.targets.find(name).orElse(name);
    return channels.entrySet().stream()
        .filter(entry -> entry.getKey().equals(exact) || path(entry.getKey()).equals(path(name)))
        .findFirst()
        .orElseThrow(() -> unknown(name, List.copyOf(channels.keySet())));
  }

  private static String path(String name) {
    String single = SLASHES.matcher(name).replaceAll("/");
    int end = single.endsWith("/") ? single.length() - 1 : single.length();
    return single.substring(0, end);
  }

  private static ClientProblemException unknown(String name, List<String> names) {
    String meant =
        TargetNames.nearest(name, names).map(" Did you mean '%s'?"::formatted).orElse("");
    return ClientProblemException.unknown(
        "There is no gRPC client '%s'.%s".formatted(name, meant), names);
  }
}
