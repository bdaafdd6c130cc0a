// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.autoconfigure.settings.RetrySettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * Applies the service config of a target to its builder: {@code service-config}, with the policies
 * of {@code retry}, {@code hedging} and {@code throttling} added. Both together must not set {@code
 * methodConfig} or {@code retryThrottling}: gRPC uses one entry of a method, and so would ignore
 * one of the two.
 */
final class ServiceConfigMapper {

  private static final String KEY = "service-config";

  private static final String FILE = "service-config-location";

  /** The maximum of gRFC A6 for attempts; the builder's default. */
  private static final int USUAL_ATTEMPTS = 5;

  /** The place with which the builder's messages begin. */
  private static final Pattern PLACE =
      Pattern.compile("serviceConfig((?:[.\\w-]|\\[\\d+])*)(.*)", Pattern.DOTALL);

  private final TargetSettings settings;

  private final ClientConnBuilder builder;

  private final SettingChecks checks;

  ServiceConfigMapper(TargetSettings settings, ClientConnBuilder builder) {
    this.settings = settings;
    this.builder = builder;
    this.checks = new SettingChecks(settings);
  }

  void apply() {
    RetrySettings retry = this.settings.values().getRetry();
    PropertyMapper map = PropertyMapper.get();
    map.from(retry::getEnabled).to(this::enable);
    map.from(retry.getBuffer()::getPerCall)
        .as(size -> this.checks.positiveBytes("retry.buffer.per-call", size))
        .to(this.builder::perRpcBufferLimit);
    map.from(retry.getBuffer()::getTotal)
        .as(size -> this.checks.positiveBytes("retry.buffer.total", size))
        .to(this.builder::retryBufferSize);
    this.checks.notAbove(
        "retry.buffer.per-call",
        retry.getBuffer().getPerCall(),
        "retry.buffer.total",
        retry.getBuffer().getTotal());
    map.from(this.settings.values()::getServiceConfigLookup)
        .whenFalse()
        .to(off -> this.builder.disableServiceConfigLookUp());
    Map<String, Object> config = config();
    if (!config.isEmpty()) {
      this.builder.defaultServiceConfig(config);
    }
  }

  private void enable(boolean enabled) {
    if (enabled) {
      this.builder.enableRetry();
    } else {
      this.builder.disableRetry();
    }
  }

  private Map<String, Object> config() {
    Map<String, Object> configured = this.settings.values().getServiceConfig();
    Map<String, Object> config = new LinkedHashMap<>(configured == null ? Map.of() : configured);
    CallPolicies policies = new CallPolicies(this.settings);
    String leaf = policies.leaf();
    if (leaf != null) {
      put(config, "methodConfig", policies.methodConfig(), leaf);
      raise(policies.attempts("retryPolicy"), this.builder::maxRetryAttempts);
      raise(policies.attempts("hedgingPolicy"), this.builder::maxHedgedAttempts);
    }
    Map<String, Object> throttling = policies.throttling();
    if (throttling != null) {
      put(config, "retryThrottling", throttling, "throttling.max-tokens");
    }
    return config;
  }

  /** The builder limits the attempts of any service config; what is configured here counts. */
  private static void raise(int attempts, IntConsumer limit) {
    if (attempts > USUAL_ATTEMPTS) {
      limit.accept(attempts);
    }
  }

  private void put(Map<String, Object> config, String key, Object value, String leaf) {
    if (config.containsKey(key)) {
      ConfigurationProperty property = this.settings.property(leaf);
      throw this.settings.invalid(
          leaf,
          property == null ? "" : String.valueOf(property.getValue()),
          "It contradicts %s: there can be one %s of a target. Write all in one of the two places."
              .formatted(origin(key), key));
    }
    config.put(key, value);
  }

  private String origin(String key) {
    ConfigurationPropertyName root = this.settings.keys().apply(KEY);
    Map<String, Object> inline = ServiceConfigTree.read(root, this.settings.properties());
    return inline != null && inline.containsKey(key)
        ? root + "." + key
        : "'%s' in %s".formatted(key, this.settings.keys().apply(FILE));
  }

  /**
   * Describes what the builder says about a service config with the property that it comes from;
   * null if the message is about something else.
   */
  static @Nullable RuntimeException describe(TargetSettings settings, IllegalArgumentException e) {
    Matcher place = PLACE.matcher(String.valueOf(e.getMessage()));
    if (!place.matches() || settings.values().getServiceConfig() == null) {
      return null;
    }
    ConfigurationPropertyName root = settings.keys().apply(KEY);
    ConfigurationPropertyName name =
        ConfigurationPropertyName.adapt(root + place.group(1).replaceFirst("\\.$", ""), '.');
    while (root.isAncestorOf(name) && !settings.properties().isSet(name)) {
      name = name.getParent();
    }
    if (name.equals(root) && settings.values().getServiceConfigLocation() != null) {
      name = settings.keys().apply(FILE);
    }
    ConfigurationProperty property = settings.properties().find(name);
    List<ConfigurationProperty> below = settings.properties().below(name);
    return new InvalidServiceConfigException(
        settings.name(),
        property == null ? below.get(0) : property,
        String.valueOf(e.getMessage()));
  }
}
