// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.serviceconfig;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parses the {@code methodConfig} list of one service config; throws IllegalArgumentException at
 * the first mistake.
 */
final class MethodConfigParser {
  private final Map<String, MethodConfig> byMethod = new HashMap<>();
  private final Map<String, MethodConfig> byService = new HashMap<>();
  private @Nullable MethodConfig fallback;

  ServiceConfig parse(@Nullable Object balancerConfig, JsonObject root) {
    RetryThrottling throttling = RetryPolicyParser.throttling(root);
    boolean throttled = throttling != null;
    for (JsonObject entry : root.objects("methodConfig")) {
      MethodConfig config = new MethodConfig(
          entry.durationNanos("timeout"),
          entry.bool("waitForReady"),
          size(entry, "maxRequestMessageBytes"),
          size(entry, "maxResponseMessageBytes"),
          RetryPolicyParser.retryPolicy(entry),
          RetryPolicyParser.hedgingPolicy(entry),
          throttled);
      for (JsonObject name : entry.objects("name")) {
        add(name, config);
      }
    }
    MethodConfig absent = throttled ? MethodConfig.THROTTLED : MethodConfig.NONE;
    return new ServiceConfig(
        balancerConfig,
        Map.copyOf(byMethod),
        Map.copyOf(byService),
        fallback == null ? absent : fallback,
        throttling,
        maxConnections(root),
        healthCheckConfig(root));
  }

  /** gRFC A105. */
  private static @Nullable Integer maxConnections(JsonObject root) {
    JsonObject scaling = root.object("connectionScaling");
    Integer connections = scaling == null ? null : scaling.integer("maxConnectionsPerSubchannel");
    if (scaling != null && connections != null && connections < 1) {
      throw scaling.wrong("maxConnectionsPerSubchannel", "1 or more", connections);
    }
    return connections;
  }

  private void add(JsonObject name, MethodConfig config) {
    String service = name.string("service");
    String method = name.string("method");
    boolean anyMethod = method == null || method.isEmpty();
    MethodConfig before;
    if (service == null || service.isEmpty()) {
      if (!anyMethod) {
        throw new IllegalArgumentException(
            name.path() + " names method " + method + " but no service");
      }
      before = fallback;
      fallback = config;
    } else if (anyMethod) {
      before = byService.put(service, config);
    } else {
      before = byMethod.put(service + "/" + method, config);
    }
    if (before != null) {
      throw new IllegalArgumentException(
          name.path() + " is a duplicate: " + name.values() + " has a config already");
    }
  }

  private static @Nullable Integer size(JsonObject entry, String key) {
    Integer size = entry.integer(key);
    if (size != null && size < 0) {
      throw entry.wrong(key, "0 or more", size);
    }
    return size;
  }

  private static @Nullable Map<String, ?> healthCheckConfig(JsonObject root) {
    JsonObject health = root.object("healthCheckConfig");
    if (health == null) {
      return null;
    }
    // The policy reads it, and would end the channel by an exception.
    health.string("serviceName");
    return health.values();
  }
}
