// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Describes a place in a service config (gRFC A2): the keys that it can have, and how text from a
 * property source is read there. The elements of a list are described as the list itself.
 *
 * @param kind the values of this place
 * @param keys the known keys of an object by their canonical spelling; empty for other kinds
 */
record ServiceConfigKeys(Kind kind, Map<String, Key> keys) {

  /** The values that a place can have. */
  enum Kind {
    OBJECT,
    BOOLEAN,
    TEXT,
    TEXTS,
    /** Anything, since the provider of a load-balancing policy defines it. */
    ANY
  }

  /** A key in the spelling of the JSON form, and what it leads to. */
  record Key(String name, ServiceConfigKeys place) {}

  static final ServiceConfigKeys ANY = leaf(Kind.ANY);

  private static final ServiceConfigKeys TEXT = leaf(Kind.TEXT);

  private static final ServiceConfigKeys TEXTS = leaf(Kind.TEXTS);

  private static final ServiceConfigKeys METHOD = object(
      key("name", object(key("service", TEXT), key("method", TEXT))),
      key("timeout", TEXT),
      key("waitForReady", leaf(Kind.BOOLEAN)),
      key("maxRequestMessageBytes", TEXT),
      key("maxResponseMessageBytes", TEXT),
      key(
          "retryPolicy",
          object(
              key("maxAttempts", TEXT),
              key("initialBackoff", TEXT),
              key("maxBackoff", TEXT),
              key("backoffMultiplier", TEXT),
              key("retryableStatusCodes", TEXTS))),
      key(
          "hedgingPolicy",
          object(
              key("maxAttempts", TEXT),
              key("hedgingDelay", TEXT),
              key("nonFatalStatusCodes", TEXTS))));

  static final ServiceConfigKeys ROOT = object(
      key("loadBalancingPolicy", TEXT),
      key("loadBalancingConfig", ANY),
      key("methodConfig", METHOD),
      key("retryThrottling", object(key("maxTokens", TEXT), key("tokenRatio", TEXT))),
      key("healthCheckConfig", object(key("serviceName", TEXT))),
      key("connectionScaling", object(key("maxConnectionsPerSubchannel", TEXT))));

  private static ServiceConfigKeys leaf(Kind kind) {
    return new ServiceConfigKeys(kind, Map.of());
  }

  private static ServiceConfigKeys object(Key... keys) {
    Map<String, Key> byName = new LinkedHashMap<>();
    Arrays.stream(keys).forEach(key -> byName.put(TargetNames.canonical(key.name), key));
    return new ServiceConfigKeys(Kind.OBJECT, byName);
  }

  private static Key key(String name, ServiceConfigKeys place) {
    return new Key(name, place);
  }

  /** Returns a key in any spelling; null if it is not known. */
  @Nullable
  Key find(String spelling) {
    return this.kind == Kind.ANY
        ? new Key(spelling, ANY)
        : this.keys.get(TargetNames.canonical(spelling));
  }

  /** Describes an element of a list at this place. */
  ServiceConfigKeys element() {
    return this.kind == Kind.TEXTS ? TEXT : this;
  }

  /** Returns the known keys, as they are written. */
  Collection<String> names() {
    return this.keys.values().stream().map(Key::name).toList();
  }

  /** Returns the most similar key. */
  Optional<String> nearest(String spelling) {
    return TargetNames.nearest(spelling, names());
  }
}
