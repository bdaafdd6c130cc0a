// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.actuator;

import dev.clientconn.transport.TransportSnapshot;
import io.grpc.ConnectivityState;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ReflectionUtils;

/**
 * Converts snapshots of the transport to maps, lists, numbers and texts, from which any library
 * makes the same JSON. The keys are the names of the record components; what is null or empty has
 * none.
 */
final class SnapshotTree {

  /** States have the names that gRPC gives them; all other constants are in lower case. */
  private static final Set<Class<?>> STATES =
      Set.of(ConnectivityState.class, TransportSnapshot.State.class);

  /** A response may have 10,000 records of a class, and each look-up creates components anew. */
  private static final ClassValue<List<Component>> COMPONENTS = new ClassValue<>() {
    @Override
    protected List<Component> computeValue(Class<?> type) {
      return Stream.of(type.getRecordComponents())
          .map(each -> new Component(each.getName(), each.getAccessor(), hasRecordKeys(each)))
          .toList();
    }
  };

  private record Component(String name, Method accessor, boolean hasRecordKeys) {}

  private SnapshotTree() {}

  /** Returns the components of a record by name. */
  static Map<String, Object> of(Record snapshot) {
    Map<String, Object> tree = new LinkedHashMap<>();
    for (Component component : COMPONENTS.get(snapshot.getClass())) {
      Object plain = ReflectionUtils.invokeMethod(component.accessor, snapshot);
      Object value = plain instanceof Map<?, ?> entries && component.hasRecordKeys
          ? counts(entries)
          : value(plain);
      if (value != null) {
        tree.put(component.name, value);
      }
    }
    return tree;
  }

  private static @Nullable Object value(@Nullable Object value) {
    if (value == null || value instanceof Number || value instanceof Boolean) {
      return value;
    }
    if (value instanceof Record nested) {
      return of(nested);
    }
    if (value instanceof OptionalLong optional) {
      return optional.isPresent() ? optional.getAsLong() : null;
    }
    if (value instanceof Collection<?> elements) {
      return elements.stream().map(SnapshotTree::value).toList();
    }
    return value instanceof Map<?, ?> entries ? map(entries) : text(value);
  }

  /** Asks the type: a map without entries must become an array, too. */
  private static boolean hasRecordKeys(RecordComponent component) {
    return component.getGenericType() instanceof ParameterizedType map
        && map.getActualTypeArguments()[0] instanceof Class<?> key
        && key.isRecord();
  }

  /** A key of several components has no text: its components and the count make an object. */
  private static List<Map<String, Object>> counts(Map<?, ?> entries) {
    List<Map<String, Object>> counts = new ArrayList<>();
    entries.forEach((key, count) -> {
      Map<String, Object> tree = of((Record) key);
      tree.put("count", count);
      counts.add(tree);
    });
    return counts;
  }

  /** Returns a map with texts as keys. */
  static Map<String, Object> map(Map<?, ?> entries) {
    Map<String, Object> tree = new LinkedHashMap<>();
    entries.forEach((key, entry) -> {
      Object value = value(entry);
      if (value != null) {
        tree.put(text(key), value);
      }
    });
    return tree;
  }

  /** An address may be of a class of the application, whose toString throws. */
  private static String text(Object value) {
    if (value instanceof Enum<?> constant) {
      return STATES.contains(constant.getDeclaringClass())
          ? constant.name()
          : constant.name().toLowerCase(Locale.ROOT);
    }
    try {
      return String.valueOf(value.toString());
    } catch (Throwable thrown) {
      return value.getClass().getName();
    }
  }
}
