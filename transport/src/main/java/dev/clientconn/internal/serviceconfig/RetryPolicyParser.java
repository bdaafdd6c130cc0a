// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.serviceconfig;

import io.grpc.Status;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parses what gRFC A6 defines: {@code retryPolicy}, {@code hedgingPolicy} and {@code
 * retryThrottling}. Applies A6's validation rules, but for {@code maxAttempts} above the client's
 * limit, which is no mistake. A mistake is an IllegalArgumentException that names its place.
 */
final class RetryPolicyParser {
  private RetryPolicyParser() {}

  static @Nullable RetryPolicy retryPolicy(JsonObject methodConfig) {
    JsonObject policy = methodConfig.object("retryPolicy");
    if (policy == null) {
      return null;
    }
    if (methodConfig.has("hedgingPolicy")) {
      throw new IllegalArgumentException(
          methodConfig.path() + " has both a retryPolicy and a hedgingPolicy; keep one");
    }
    int maxAttempts = maxAttempts(policy);
    long initial = positive(policy, "initialBackoff", policy.durationNanos("initialBackoff"));
    long max = positive(policy, "maxBackoff", policy.durationNanos("maxBackoff"));
    double multiplier = positive(policy, "backoffMultiplier", policy.number("backoffMultiplier"));
    Set<Status.Code> codes = codes(policy, "retryableStatusCodes");
    if (codes.isEmpty()) {
      throw policy.wrong("retryableStatusCodes", "a list of at least one status code", List.of());
    }
    return new RetryPolicy(maxAttempts, initial, max, multiplier, codes);
  }

  static @Nullable HedgingPolicy hedgingPolicy(JsonObject methodConfig) {
    JsonObject policy = methodConfig.object("hedgingPolicy");
    if (policy == null) {
      return null;
    }
    int maxAttempts = maxAttempts(policy);
    Long delay = policy.durationNanos("hedgingDelay");
    return new HedgingPolicy(
        maxAttempts, delay == null ? 0 : delay, codes(policy, "nonFatalStatusCodes"));
  }

  static @Nullable RetryThrottling throttling(JsonObject root) {
    JsonObject throttling = root.object("retryThrottling");
    if (throttling == null) {
      return null;
    }
    Integer maxTokens = throttling.integer("maxTokens");
    if (maxTokens == null || maxTokens <= 0 || maxTokens > 1000) {
      throw throttling.wrong("maxTokens", "above 0 and at most 1000", maxTokens);
    }
    double ratio = positive(throttling, "tokenRatio", throttling.number("tokenRatio"));
    // A6 ignores further decimal places. What would become 0 must not: no token would return.
    int thousandths = (int) Math.min(ratio * 1000, maxTokens * 1000.0);
    if (thousandths == 0) {
      throw throttling.wrong("tokenRatio", "0.001 or more", ratio);
    }
    return new RetryThrottling(maxTokens * 1000, thousandths);
  }

  private static int maxAttempts(JsonObject policy) {
    Integer attempts = policy.integer("maxAttempts");
    if (attempts == null || attempts < 2) {
      throw policy.wrong("maxAttempts", "2 or more", attempts);
    }
    return attempts;
  }

  private static <N extends Number> N positive(JsonObject policy, String key, @Nullable N value) {
    // Negated, so that NaN is a mistake too.
    if (value == null || !(value.doubleValue() > 0)) {
      throw policy.wrong(key, "above 0", value);
    }
    return value;
  }

  /** Status codes, which gRFC A6 allows as names in any case or as numbers. */
  private static Set<Status.Code> codes(JsonObject policy, String key) {
    Set<Status.Code> codes = EnumSet.noneOf(Status.Code.class);
    List<?> values = policy.list(key);
    for (int i = 0; values != null && i < values.size(); i++) {
      Status.Code code = errorCode(values.get(i));
      if (code == null) {
        throw policy.wrong(key + "[" + i + "]", "a status code other than OK", values.get(i));
      }
      codes.add(code);
    }
    return Collections.unmodifiableSet(codes);
  }

  private static Status.@Nullable Code errorCode(@Nullable Object value) {
    for (Status.Code known : Status.Code.values()) {
      if (known != Status.Code.OK
          && ((value instanceof String name && known.name().equalsIgnoreCase(name))
              || (value instanceof Number number && number.doubleValue() == known.value()))) {
        return known;
      }
    }
    return null;
  }
}
