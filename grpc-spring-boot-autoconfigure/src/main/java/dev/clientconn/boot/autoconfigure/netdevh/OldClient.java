// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.netdevh;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds the settings of one client of net.devh's starter, by key in the spelling of {@link
 * OldKeys}.
 */
final class OldClient {

  private String name;

  private final Map<String, OldValue> values = new LinkedHashMap<>();

  OldClient(String name) {
    this.name = name;
  }

  String name() {
    return this.name;
  }

  /** Takes the spelling of another property source. */
  void respell(String name) {
    this.name = name;
  }

  /** Adds a value, unless a source of higher precedence has set it. */
  void add(String key, OldValue value) {
    this.values.putIfAbsent(key, value);
  }

  /** Adds what the client inherits: net.devh inherits every key, the address included. */
  void inherit(OldClient global) {
    global.values.forEach((key, value) -> add(key, value.ofGlobal()));
  }

  @Nullable
  OldValue get(String key) {
    return this.values.get(key);
  }

  boolean isTrue(String key) {
    OldValue value = get(key);
    return value != null && value.isTrue();
  }

  Collection<OldValue> all() {
    return this.values.values();
  }
}
