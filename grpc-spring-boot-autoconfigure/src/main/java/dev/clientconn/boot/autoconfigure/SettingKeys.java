// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.beans.PropertyDescriptor;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/**
 * Lists the keys that a target can have, such as {@code keepalive.time}, from the properties
 * classes. Keys are compared as the Binder compares them, without case and dashes.
 */
final class SettingKeys {

  /**
   * Keys of a target. The defaults have the same, except {@code address} and {@code authority}.
   */
  static final SettingKeys OF_A_TARGET = new SettingKeys(GrpcClientProperties.Target.class);

  private final Map<String, String> leaves = new TreeMap<>();

  private SettingKeys(Class<?> type) {
    collect(type, "");
  }

  private void collect(Class<?> type, String prefix) {
    for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(type)) {
      Method getter = property.getReadMethod();
      if (getter == null || getter.getDeclaringClass() == Object.class) {
        continue;
      }
      String key = prefix + DataObjectPropertyName.toDashedForm(property.getName());
      if (isGroup(property.getPropertyType())) {
        collect(property.getPropertyType(), key + ".");
      } else {
        this.leaves.put(uniform(key), key);
      }
    }
  }

  /** Whether a property is a group of keys, such as {@code keepalive}. */
  static boolean isGroup(Class<?> type) {
    return type.getName().startsWith(GrpcClientSettings.class.getName() + "$");
  }

  /** Returns the key in the spelling of the documentation, or null if there is no such key. */
  @Nullable
  String find(List<String> path) {
    return this.leaves.get(uniform(String.join(".", path)));
  }

  /**
   * Returns the key for a path from an environment variable, where an underscore can be a dash or a
   * dot: {@code keepalive.without.calls} is {@code keepalive.without-calls}.
   */
  @Nullable
  String findFromEnvironment(List<String> path) {
    String flat = uniform(String.join("", path));
    for (Map.Entry<String, String> leaf : this.leaves.entrySet()) {
      if (leaf.getKey().replace(".", "").equals(flat)) {
        return leaf.getValue();
      }
    }
    return null;
  }

  /** Returns the keys of a group such as {@code ssl}; empty if it is not a group. */
  List<String> inGroup(List<String> path) {
    String prefix = uniform(String.join(".", path)) + ".";
    List<String> found = new ArrayList<>();
    this.leaves.forEach((uniform, key) -> {
      if (uniform.startsWith(prefix)) {
        found.add(key);
      }
    });
    return found;
  }

  /** Returns the most similar key. */
  Optional<String> nearest(List<String> path) {
    Map<String, String> flat = new LinkedHashMap<>();
    this.leaves.values().forEach(key -> flat.put(key.replace(".", "-"), key));
    return TargetNames.nearest(String.join("-", path), flat.keySet()).map(flat::get);
  }

  List<String> all() {
    return List.copyOf(this.leaves.values());
  }

  private static String uniform(String key) {
    return TargetNames.canonical(key);
  }
}
