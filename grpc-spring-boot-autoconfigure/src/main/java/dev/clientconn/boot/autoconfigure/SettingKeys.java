// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.boot.autoconfigure.settings.GrpcClientSettings;
import java.beans.PropertyDescriptor;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.core.ResolvableType;

/**
 * Lists the keys that a target can have, such as {@code keepalive.time}, from the properties
 * classes. Keys are compared as the Binder compares them, without case and dashes.
 */
final class SettingKeys {

  /**
   * Keys of a target. The defaults have the same, except {@code address} and {@code authority}.
   */
  static final SettingKeys OF_A_TARGET =
      new SettingKeys(GrpcClientProperties.Target.class, Set.of());

  /** Keys directly below {@code grpc.client}, besides those of targets and defaults. */
  static final SettingKeys OF_THE_CLIENT =
      new SettingKeys(GrpcClientProperties.class, Set.of("targets", "defaults"));

  /** Stands for the index of a list's element. */
  private static final String INDEX = "[0]";

  /** Maps of any keys, which {@link ServiceConfigTree} and {@link MetadataMapper} check. */
  private static final Set<String> FREE = Set.of("service-config", "metadata");

  private final Map<String, String> leaves = new TreeMap<>();

  /** Keys of elements of lists, such as {@code retry.methods[0].names}. */
  private final Map<String, String> elements = new TreeMap<>();

  /** Keys with whole numbers. */
  private final Set<String> integers = new HashSet<>();

  /** Keys with texts of any kind, or lists of them. */
  private final Set<String> texts = new HashSet<>();

  private SettingKeys(Class<?> type, Set<String> except) {
    collect(type, "", this.leaves);
    this.leaves.keySet().removeIf(key -> except.contains(first(key)));
    this.elements.keySet().removeIf(key -> except.contains(first(key)));
  }

  private static String first(String key) {
    int dot = key.indexOf('.');
    return dot < 0 ? key : key.substring(0, dot);
  }

  private void collect(Class<?> type, String prefix, Map<String, String> into) {
    for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(type)) {
      Method getter = property.getReadMethod();
      if (getter == null || getter.getDeclaringClass() == Object.class) {
        continue;
      }
      String key = prefix + DataObjectPropertyName.toDashedForm(property.getName());
      Class<?> element =
          ResolvableType.forMethodReturnType(getter).asCollection().resolveGeneric();
      if (property.getPropertyType() == Integer.class) {
        this.integers.add(key);
      }
      if (property.getPropertyType() == String.class || element == String.class) {
        this.texts.add(key);
      }
      if (isGroup(property.getPropertyType())) {
        collect(property.getPropertyType(), key + ".", into);
      } else {
        into.put(uniform(key), key);
      }
      if (element != null && isGroup(element)) {
        collect(element, key + INDEX + ".", this.elements);
      } else if (element != null) {
        this.elements.put(uniform(key + INDEX), key + INDEX);
      }
    }
  }

  /** Whether a property is a group of keys, such as {@code keepalive}. */
  static boolean isGroup(Class<?> type) {
    String home = type.getPackageName();
    return !type.isEnum()
        && (home.equals(GrpcClientSettings.class.getPackageName())
            || home.equals(GrpcClientProperties.class.getPackageName()));
  }

  /** Returns the key in the spelling of the documentation, or null if there is no such key. */
  @Nullable
  String find(List<String> path) {
    String first = path.isEmpty() ? null : this.leaves.get(uniform(path.get(0)));
    if (first != null && FREE.contains(first)) {
      return path.size() > 1 ? first : null;
    }
    String key = uniform(join(path, "."));
    return this.leaves.getOrDefault(key, this.elements.get(key));
  }

  /** Joins the elements of a name; the indices of all elements of a list are the same. */
  private static String join(List<String> path, String separator) {
    StringJoiner joined = new StringJoiner(separator);
    path.forEach(element -> joined.add(isIndex(element) ? INDEX : element));
    return joined.toString().replace(separator + INDEX, INDEX);
  }

  private static boolean isIndex(String element) {
    return !element.isEmpty() && element.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /**
   * Returns the key for a path from an environment variable, where an underscore can be a dash or a
   * dot: {@code keepalive.without.calls} is {@code keepalive.without-calls}.
   */
  @Nullable
  String findFromEnvironment(List<String> path) {
    if (find(path) != null) {
      return find(path);
    }
    String flat = uniform(join(path, ""));
    return Stream.of(this.leaves, this.elements)
        .flatMap(keys -> keys.entrySet().stream())
        .filter(leaf -> leaf.getKey().replace(".", "").equals(flat))
        .map(Map.Entry::getValue)
        .filter(key -> !FREE.contains(key))
        .findFirst()
        .orElse(null);
  }

  /** Whether a key has a whole number. */
  boolean isInteger(String key) {
    return this.integers.contains(key);
  }

  /** Whether a key has a text of any kind, or a list of them. */
  boolean isText(String key) {
    return this.texts.contains(key);
  }

  /** Whether a key has a list of values or groups. */
  boolean isList(String key) {
    return this.elements.keySet().stream().anyMatch(each -> each.startsWith(uniform(key) + INDEX));
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
    this.elements.values().forEach(key -> flat.put(key.replace(".", "-"), key));
    return TargetNames.nearest(join(path, "-"), flat.keySet()).map(flat::get);
  }

  List<String> all() {
    return List.copyOf(this.leaves.values());
  }

  /** Returns the keys of the first elements of lists, such as {@code retry.methods[0].names[0]}. */
  List<String> elements() {
    return this.elements.values().stream().filter(key -> !isList(key)).toList();
  }

  private static String uniform(String key) {
    return TargetNames.canonical(key);
  }
}
