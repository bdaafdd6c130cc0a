// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import dev.clientconn.boot.autoconfigure.GrpcClientTargets;
import dev.clientconn.boot.autoconfigure.UnknownGrpcTargetException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides which server of a test replaces which targets, and with which properties.
 *
 * @param testClass the test class, for messages
 * @param configured the targets of the application
 */
record TestServerTargets(Class<?> testClass, GrpcClientTargets configured) {

  /**
   * Returns the targets of each server, as they are spelled in the configuration.
   *
   * @throws UnknownGrpcTargetException if a named target is not configured
   * @throws InvalidTestServerException if servers share a target, or if one has none
   */
  Map<GrpcTestServer, List<String>> assign(Collection<GrpcTestServer> servers) {
    Map<String, GrpcTestServer> owners = new LinkedHashMap<>();
    Map<GrpcTestServer, List<String>> assigned = new LinkedHashMap<>();
    GrpcTestServer ofTheRest = null;
    for (GrpcTestServer server : servers) {
      if (server.targets().length == 0) {
        if (ofTheRest != null) {
          throw InvalidTestServerException.twoWithoutTargets(this.testClass);
        }
        ofTheRest = server;
      }
      for (String name : server.targets()) {
        if (owners.putIfAbsent(find(name), server) != null) {
          throw InvalidTestServerException.sharedTarget(this.testClass, name);
        }
      }
    }
    if (ofTheRest != null) {
      assignRest(ofTheRest, owners);
    }
    owners.forEach((name, server) ->
        assigned.computeIfAbsent(server, first -> new ArrayList<>()).add(name));
    return assigned;
  }

  private void assignRest(GrpcTestServer server, Map<String, GrpcTestServer> owners) {
    List<String> rest = this.configured.names().stream()
        .filter(name -> !owners.containsKey(name))
        .toList();
    if (rest.isEmpty()) {
      throw InvalidTestServerException.noTargets(this.testClass, this.configured.names());
    }
    rest.forEach(name -> owners.put(name, server));
  }

  private String find(String name) {
    return this.configured
        .find(name)
        .orElseThrow(() -> new UnknownGrpcTargetException(
            "@GrpcTestServer on %s names the target '%s', which is not configured."
                .formatted(this.testClass.getName(), name),
            name,
            this.configured.names()));
  }

  /**
   * Returns the properties that point a target at a server.
   *
   * @param tls whether the server uses TLS
   */
  static Map<String, Object> properties(String target, boolean tls, int port) {
    // A name with a dot is one element of the key only in brackets.
    String key =
        "grpc.client.targets" + (target.indexOf('.') < 0 ? "." + target : "[" + target + "]");
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put(key + ".address", "localhost:" + port);
    properties.put(key + ".proxy.enabled", "false");
    if (!tls) {
      properties.put(key + ".ssl.enabled", "false");
      // Empty texts remove what would contradict ssl.enabled.
      properties.put(key + ".ssl.bundle", "");
      properties.put(key + ".ssl.verify", "");
    }
    return properties;
  }
}
