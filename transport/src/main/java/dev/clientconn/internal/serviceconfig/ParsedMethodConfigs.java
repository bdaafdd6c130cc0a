// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.serviceconfig;

import io.grpc.NameResolver.ConfigOrError;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Retains the last service configs that have nothing but configs of methods. The config selector of
 * grpc-xds makes and parses the same small config for each call of a route; to compare it costs a
 * fraction of parsing it. Any thread.
 */
final class ParsedMethodConfigs {
  /** Routes of a service have few different timeouts and retry policies. */
  private static final int MOST = 64;

  /** The keys are copies: what a resolver does to its map later must not change them. */
  private final Map<Map<String, ?>, ConfigOrError> parsed = new ConcurrentHashMap<>();

  /** Whether the config is retained: it has no policy, whose provider may come and go. */
  static boolean canHave(Map<String, ?> raw) {
    return raw.isEmpty() || (raw.size() == 1 && raw.containsKey("methodConfig"));
  }

  @Nullable
  ConfigOrError get(Map<String, ?> raw) {
    return parsed.get(raw);
  }

  void put(Map<String, ?> raw, ConfigOrError config) {
    if (parsed.size() >= MOST) {
      // Another thread may put one in between: the bound need not be exact.
      parsed.clear();
    }
    try {
      parsed.put(JsonObject.copy(raw, "serviceConfig"), config);
    } catch (IllegalArgumentException e) {
      // A field that no parser reads has a value that JSON does not have. It is parsed again.
    }
  }
}
