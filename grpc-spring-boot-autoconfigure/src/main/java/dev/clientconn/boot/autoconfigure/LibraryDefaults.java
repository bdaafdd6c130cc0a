// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lists what applies to keys that nothing sets, for reports. The builder has the defaults itself; a
 * test compares this list with the configuration metadata.
 */
final class LibraryDefaults {

  private static final Map<String, Object> VALUES = Map.ofEntries(
      Map.entry("wait-for-ready", false),
      Map.entry("credentials.enabled", true),
      Map.entry("credentials.allow-plaintext", false),
      Map.entry("credentials.oauth2.timeout", "10s"),
      Map.entry("load-balancing-policy", "pick_first"),
      Map.entry("connect.timeout", "20s"),
      Map.entry("connect.mode", "lazy"),
      Map.entry("connect.required-timeout", "10s"),
      Map.entry("idle.timeout", "30m"),
      Map.entry("keepalive.timeout", "20s"),
      Map.entry("keepalive.without-calls", false),
      Map.entry("inbound.message.max-size", "4MB"),
      Map.entry("inbound.metadata.max-size", "8KB"),
      Map.entry("flow-control.stream-window", "1MB"),
      Map.entry("flow-control.connection-window", "1MB"),
      Map.entry("flow-control.grow", true),
      Map.entry("ssl.verify", "full"),
      Map.entry("proxy.enabled", true),
      Map.entry("streams.max-pending", 65_536),
      Map.entry("shutdown.grace-period", "30s"),
      Map.entry("service-config-lookup", true),
      Map.entry("retry.enabled", true),
      Map.entry("retry.initial-backoff", "100ms"),
      Map.entry("retry.max-backoff", "1s"),
      Map.entry("retry.multiplier", 2),
      Map.entry("retry.codes", List.of("UNAVAILABLE")),
      Map.entry("retry.buffer.per-call", "1MB"),
      Map.entry("retry.buffer.total", "16MB"),
      Map.entry("hedging.delay", "0s"),
      Map.entry("throttling.token-ratio", 0.1),
      Map.entry("health.enabled", true),
      Map.entry("health.idle", "up"),
      Map.entry("health.connecting", "unknown"),
      Map.entry("health.failure", "down"),
      Map.entry("health.connect", false),
      Map.entry("health.certificate-threshold", "14d"),
      Map.entry("connections.max", 1),
      Map.entry("connections.idle-timeout", "5m"),
      Map.entry("connections.max-age-grace", "5m"));

  private LibraryDefaults() {}

  /** Returns the default of a key as {@link SettingText} formats it; null for none. */
  static @Nullable Object of(String key) {
    return VALUES.get(key);
  }

  static Map<String, Object> all() {
    return VALUES;
  }
}
