// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.boot.autoconfigure.settings.HedgingPolicySettings;
import dev.clientconn.boot.autoconfigure.settings.HedgingSettings;
import dev.clientconn.boot.autoconfigure.settings.RetryPolicySettings;
import dev.clientconn.boot.autoconfigure.settings.RetrySettings;
import dev.clientconn.boot.autoconfigure.settings.ThrottlingSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Translates the keys {@code retry}, {@code hedging} and {@code throttling} of a target into
 * entries of a service config (gRFC A6). A method or service has one policy at most.
 */
final class CallPolicies {

  static final Duration INITIAL_BACKOFF = Duration.ofMillis(100);

  static final Duration MAX_BACKOFF = Duration.ofSeconds(1);

  static final double MULTIPLIER = 2;

  static final List<String> CODES = List.of("UNAVAILABLE");

  static final Duration HEDGING_DELAY = Duration.ZERO;

  static final double TOKEN_RATIO = 0.1;

  /** gRFC A6: the range of maxTokens. */
  private static final int MOST_TOKENS = 1000;

  /** gRFC A6: tokens are counted with three decimal places. */
  private static final double SMALLEST_TOKEN_RATIO = 0.001;

  /** The name of the entry for methods that no other entry names. */
  private static final String ANY_METHOD = "";

  private final TargetSettings settings;

  private final SettingChecks checks;

  private final Map<String, Policy> byName = new LinkedHashMap<>();

  /**
   * A policy of a method or service.
   *
   * @param leaf the key of its number of attempts, for messages
   * @param attempts the number of attempts; the policy has no effect if it is 1
   * @param type the key of the policy in a service config
   * @param values the policy in a service config
   */
  private record Policy(String leaf, int attempts, String type, Map<String, Object> values) {

    boolean applies() {
      return this.attempts > 1;
    }
  }

  /** Reads the policies of a target. Rejects values out of range, and methods with two policies. */
  CallPolicies(TargetSettings settings) {
    this.settings = settings;
    this.checks = new SettingChecks(settings);
    RetrySettings retry = settings.values().getRetry();
    addRetry("retry", List.of(ANY_METHOD), retry);
    List<RetrySettings.MethodPolicy> retried = orEmpty(retry.getMethods());
    for (int i = 0; i < retried.size(); i++) {
      RetryPolicySettings policy = new RetryPolicySettings();
      InheritedSettings.fill(policy, retried.get(i), RetryPolicySettings.class);
      InheritedSettings.fill(policy, retry, RetryPolicySettings.class);
      String group = "retry.methods[%d]".formatted(i);
      addRetry(group, names(group, retried.get(i).getNames()), policy);
    }
    HedgingSettings hedging = settings.values().getHedging();
    addHedging("hedging", List.of(ANY_METHOD), hedging);
    List<HedgingSettings.MethodPolicy> hedged = orEmpty(hedging.getMethods());
    for (int i = 0; i < hedged.size(); i++) {
      HedgingPolicySettings policy = new HedgingPolicySettings();
      InheritedSettings.fill(policy, hedged.get(i), HedgingPolicySettings.class);
      InheritedSettings.fill(policy, hedging, HedgingPolicySettings.class);
      String group = "hedging.methods[%d]".formatted(i);
      addHedging(group, names(group, hedged.get(i).getNames()), policy);
    }
    rejectWithoutAttempts("retry", "initial-backoff", "max-backoff", "multiplier", "codes");
    rejectWithoutAttempts("hedging", "delay", "non-fatal-codes");
  }

  private static <T> List<T> orEmpty(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }

  /** Returns the largest number of attempts of a policy of this type; 1 if there is none. */
  int attempts(String type) {
    return this.byName.values().stream()
        .filter(policy -> policy.type.equals(type))
        .mapToInt(Policy::attempts)
        .max()
        .orElse(1);
  }

  /** Returns the key that asks for a policy; null if none does. */
  @Nullable
  String leaf() {
    return this.byName.values().stream()
        .filter(Policy::applies)
        .map(Policy::leaf)
        .findFirst()
        .orElse(null);
  }

  /** Returns the policies as a value of {@code methodConfig}. */
  List<Map<String, Object>> methodConfig() {
    List<Map<String, Object>> entries = new ArrayList<>();
    this.byName.forEach((name, policy) -> {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", List.of(nameInJson(name)));
      if (policy.applies()) {
        entry.put(policy.type, policy.values);
      }
      entries.add(entry);
    });
    return entries;
  }

  private static Map<String, Object> nameInJson(String name) {
    if (name.equals(ANY_METHOD)) {
      return Map.of();
    }
    int slash = name.indexOf('/');
    return slash < 0
        ? Map.of("service", name)
        : Map.of("service", name.substring(0, slash), "method", name.substring(slash + 1));
  }

  /** Returns the value of {@code retryThrottling}; null if throttling is not configured. */
  @Nullable
  Map<String, Object> throttling() {
    ThrottlingSettings throttling = this.settings.values().getThrottling();
    Integer tokens = throttling.getMaxTokens();
    Double ratio = throttling.getTokenRatio();
    if (ratio != null) {
      this.checks.atLeast("throttling.token-ratio", ratio, SMALLEST_TOKEN_RATIO);
    }
    if (tokens != null) {
      this.checks.between("throttling.max-tokens", tokens, 0, MOST_TOKENS);
      if (tokens == 0) {
        return null;
      }
      return Map.of("maxTokens", tokens, "tokenRatio", ratio == null ? TOKEN_RATIO : ratio);
    }
    if (ratio != null && this.settings.isOwn("throttling.token-ratio")) {
      throw this.settings.invalid(
          "throttling.token-ratio", ratio, "It has no effect without throttling.max-tokens.");
    }
    return null;
  }

  private void addRetry(String group, List<String> names, RetryPolicySettings policy) {
    Integer attempts = attempts(group, names, policy.getMaxAttempts());
    Duration initial = policy.getInitialBackoff();
    Duration max = policy.getMaxBackoff();
    if (initial != null) {
      this.checks.positive(leaf(group, "initial-backoff"), initial);
    }
    if (max != null) {
      this.checks.positive(leaf(group, "max-backoff"), max);
    }
    rejectShorterMaximum(group, initial, max);
    Double multiplier = policy.getMultiplier();
    if (multiplier != null) {
      this.checks.positive(leaf(group, "multiplier"), multiplier);
    }
    List<String> codes = policy.getCodes() == null
        ? CODES
        : this.checks.someCodes(leaf(group, "codes"), policy.getCodes());
    if (attempts != null) {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("maxAttempts", attempts);
      values.put("initialBackoff", text(initial == null ? INITIAL_BACKOFF : initial));
      values.put("maxBackoff", text(max == null ? MAX_BACKOFF : max));
      values.put("backoffMultiplier", multiplier == null ? MULTIPLIER : multiplier);
      values.put("retryableStatusCodes", codes);
      add(group, names, new Policy(leaf(group, "max-attempts"), attempts, "retryPolicy", values));
    }
  }

  private void rejectShorterMaximum(
      String group, @Nullable Duration initial, @Nullable Duration max) {
    if (initial != null && initial.compareTo(max == null ? MAX_BACKOFF : max) > 0) {
      throw this.settings.invalid(
          leaf(group, "initial-backoff"),
          initial,
          "It must not be longer than %s, which is %d ms."
              .formatted(leaf(group, "max-backoff"), (max == null ? MAX_BACKOFF : max).toMillis()));
    }
    if (initial == null && max != null && INITIAL_BACKOFF.compareTo(max) > 0) {
      throw this.settings.invalid(
          leaf(group, "max-backoff"),
          max,
          "It must not be shorter than %s, which is %d ms."
              .formatted(leaf(group, "initial-backoff"), INITIAL_BACKOFF.toMillis()));
    }
  }

  private void addHedging(String group, List<String> names, HedgingPolicySettings policy) {
    Integer attempts = attempts(group, names, policy.getMaxAttempts());
    Duration delay = policy.getDelay();
    if (delay != null) {
      this.checks.notNegative(leaf(group, "delay"), delay);
    }
    List<String> codes = policy.getNonFatalCodes() == null
        ? List.of()
        : this.checks.codes(leaf(group, "non-fatal-codes"), policy.getNonFatalCodes());
    if (attempts != null) {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("maxAttempts", attempts);
      values.put("hedgingDelay", text(delay == null ? HEDGING_DELAY : delay));
      values.put("nonFatalStatusCodes", codes);
      add(group, names, new Policy(leaf(group, "max-attempts"), attempts, "hedgingPolicy", values));
    }
  }

  private @Nullable Integer attempts(String group, List<String> names, @Nullable Integer value) {
    if (value != null) {
      this.checks.atLeast(leaf(group, "max-attempts"), value, 1);
    } else if (!names.contains(ANY_METHOD)) {
      throw this.settings.invalidGroup(
          group, "%s has no max-attempts, and %s has none.".formatted(group, outer(group)));
    }
    return value;
  }

  private List<String> names(String group, @Nullable List<String> names) {
    if (names == null || names.isEmpty()) {
      throw this.settings.invalidGroup(
          group,
          "%s needs names: methods (package.Service/Method) or services (package.Service)."
              .formatted(group));
    }
    return names.stream()
        .map(name -> this.checks.methodOrService(group + ".names", name))
        .toList();
  }

  private void add(String group, List<String> names, Policy policy) {
    for (String name : names) {
      Policy other = this.byName.get(name);
      if (other == null || !other.applies() || !policy.applies()) {
        this.byName.merge(name, policy, (old, added) -> added.applies() ? added : old);
        continue;
      }
      boolean any = name.equals(ANY_METHOD);
      throw this.settings.invalid(
          any ? policy.leaf : group + ".names",
          any ? policy.attempts : name,
          contradiction(any ? "All methods have" : name + " has", policy, other));
    }
  }

  private String contradiction(String subject, Policy policy, Policy other) {
    Object key = this.settings.keys().apply(other.leaf);
    return policy.type.equals(other.type)
        ? "%s a %s by %s already. Remove one of the two.".formatted(subject, policy.type, key)
        : ("It contradicts %s: a method can be retried or hedged, not both. %s a policy already."
                + " Remove one of the two; max-attempts: 1 removes an inherited one.")
            .formatted(key, subject);
  }

  /** Rejects values of a target that no policy uses; those of the defaults may be for others. */
  private void rejectWithoutAttempts(String group, String... keys) {
    boolean used =
        this.byName.values().stream().anyMatch(policy -> policy.leaf.startsWith(group + "."));
    for (String key : keys) {
      String leaf = group + "." + key;
      if (!used && this.settings.isOwn(leaf)) {
        throw this.settings.invalidGroup(
            leaf, "It has no effect without %s.max-attempts.".formatted(group));
      }
    }
  }

  /** Returns where a value is configured: in the group of some methods, or for all. */
  private String leaf(String group, String key) {
    String own = group + "." + key;
    return this.settings.isSet(own) ? own : outer(group) + "." + key;
  }

  private static String outer(String group) {
    int dot = group.indexOf('.');
    return dot < 0 ? group : group.substring(0, dot);
  }

  /** Formats a duration as protobuf's JSON does. */
  private static String text(Duration duration) {
    return "%d.%09ds".formatted(duration.getSeconds(), duration.getNano());
  }
}
