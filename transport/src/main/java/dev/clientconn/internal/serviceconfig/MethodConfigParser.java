// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.serviceconfig;

import io.grpc.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parses the {@code methodConfig} list of one service config; throws IllegalArgumentException at
 * the first mistake.
 */
final class MethodConfigParser {
  private final Map<String, MethodConfig> byMethod = new HashMap<>();
  private final Map<String, MethodConfig> byService = new HashMap<>();
  private final List<String> ignored = new ArrayList<>();
  private @Nullable MethodConfig fallback;

  ServiceConfig parse(@Nullable Object balancerConfig, JsonObject root) {
    for (JsonObject entry : root.objects("methodConfig")) {
      checkRetries(entry);
      MethodConfig config = new MethodConfig(
          entry.durationNanos("timeout"),
          entry.bool("waitForReady"),
          size(entry, "maxRequestMessageBytes"),
          size(entry, "maxResponseMessageBytes"));
      for (JsonObject name : entry.objects("name")) {
        add(name, config);
      }
    }
    checkChannelWide(root);
    return new ServiceConfig(
        balancerConfig,
        Map.copyOf(byMethod),
        Map.copyOf(byService),
        fallback == null ? MethodConfig.NONE : fallback,
        List.copyOf(ignored));
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

  private void checkRetries(JsonObject entry) {
    JsonObject retry = entry.object("retryPolicy");
    JsonObject hedging = entry.object("hedgingPolicy");
    if (retry != null && hedging != null) {
      throw new IllegalArgumentException(
          entry.path() + " has both a retryPolicy and a hedgingPolicy; keep one");
    }
    if (retry != null) {
      checkAttempts(retry);
      checkPositive(retry, "initialBackoff", retry.durationNanos("initialBackoff"));
      checkPositive(retry, "maxBackoff", retry.durationNanos("maxBackoff"));
      checkPositive(retry, "backoffMultiplier", retry.number("backoffMultiplier"));
      if (checkCodes(retry, "retryableStatusCodes") == 0) {
        throw retry.wrong("retryableStatusCodes", "a list of at least one status code", List.of());
      }
      ignored.add(retry.path());
    }
    if (hedging != null) {
      checkAttempts(hedging);
      hedging.durationNanos("hedgingDelay");
      checkCodes(hedging, "nonFatalStatusCodes");
      ignored.add(hedging.path());
    }
  }

  private void checkChannelWide(JsonObject root) {
    JsonObject throttling = root.object("retryThrottling");
    if (throttling != null) {
      Double maxTokens = throttling.number("maxTokens");
      // gRFC A6: maxTokens is in (0, 1000].
      if (maxTokens == null || maxTokens <= 0 || maxTokens > 1000) {
        throw throttling.wrong("maxTokens", "above 0 and at most 1000", maxTokens);
      }
      checkPositive(throttling, "tokenRatio", throttling.number("tokenRatio"));
      ignored.add(throttling.path());
    }
    JsonObject health = root.object("healthCheckConfig");
    if (health != null) {
      health.string("serviceName");
      ignored.add(health.path());
    }
  }

  private static void checkAttempts(JsonObject policy) {
    Integer attempts = policy.integer("maxAttempts");
    if (attempts == null || attempts < 2) {
      throw policy.wrong("maxAttempts", "2 or more", attempts);
    }
  }

  /**
   * Checks status codes, which gRFC A6 allows as names in any case or as numbers; returns how many.
   */
  private static int checkCodes(JsonObject policy, String key) {
    List<?> codes = policy.list(key);
    for (int i = 0; codes != null && i < codes.size(); i++) {
      if (!isErrorCode(codes.get(i))) {
        throw policy.wrong(key + "[" + i + "]", "a status code other than OK", codes.get(i));
      }
    }
    return codes == null ? 0 : codes.size();
  }

  private static boolean isErrorCode(@Nullable Object code) {
    for (Status.Code known : Status.Code.values()) {
      if (known != Status.Code.OK
          && ((code instanceof String name && known.name().equalsIgnoreCase(name))
              || (code instanceof Number number && number.doubleValue() == known.value()))) {
        return true;
      }
    }
    return false;
  }

  private static void checkPositive(JsonObject policy, String key, @Nullable Number value) {
    if (value == null || value.doubleValue() <= 0) {
      throw policy.wrong(key, "above 0", value);
    }
  }
}
