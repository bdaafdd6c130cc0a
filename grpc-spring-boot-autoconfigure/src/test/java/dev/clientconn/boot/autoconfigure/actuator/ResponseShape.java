// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.actuator;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Describes which JSON a record becomes: an object is a map by field, an array a list of one
 * element, an object with any keys a map with the key {@code *}, and everything else the word
 * {@code number}, {@code boolean}, {@code text} or {@code any}.
 */
final class ResponseShape {

  static final String ANY_KEY = "*";

  private ResponseShape() {}

  static Object of(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (arguments.length == 2 && arguments[0] instanceof Class<?> key && key.isRecord()) {
        Map<Object, Object> counts = new LinkedHashMap<>((Map<?, ?>) of(key));
        counts.put("count", of(arguments[1]));
        return List.of(counts);
      }
      return generic.getRawType() == Map.class
          ? Map.of(ANY_KEY, of(arguments[1]))
          : List.of(of(arguments[0]));
    }
    Class<?> plain = (Class<?>) type;
    if (plain.isRecord()) {
      Map<String, Object> fields = new LinkedHashMap<>();
      for (RecordComponent component : plain.getRecordComponents()) {
        fields.put(component.getName(), of(component.getGenericType()));
      }
      return fields;
    }
    if (Set.of(int.class, long.class, double.class, OptionalLong.class).contains(plain)
        || Number.class.isAssignableFrom(plain)) {
      return "number";
    }
    if (plain == boolean.class || plain == Boolean.class) {
      return "boolean";
    }
    return plain == Object.class ? "any" : "text";
  }

  /** Returns how a value differs from a shape; empty if it does not. Fields may be absent. */
  static List<String> differences(@Nullable Object value, @Nullable Object shape) {
    List<String> found = new ArrayList<>();
    compare("", value, shape, found);
    return found;
  }

  private static void compare(
      String path, @Nullable Object value, @Nullable Object shape, List<String> found) {
    if (shape instanceof Map<?, ?> fields && value instanceof Map<?, ?> object) {
      object.forEach((key, field) -> {
        Object expected = fields.containsKey(ANY_KEY) ? fields.get(ANY_KEY) : fields.get(key);
        compare(path + "." + key, field, expected, found);
      });
    } else if (shape instanceof List<?> element && value instanceof Collection<?> array) {
      array.forEach(each -> compare(path + "[]", each, element.get(0), found));
    } else if (!"any".equals(shape) && !word(value).equals(shape)) {
      found.add(path + " is " + word(value) + ", not " + shape);
    }
  }

  private static String word(@Nullable Object value) {
    if (value instanceof Number) {
      return "number";
    }
    if (value instanceof Boolean) {
      return "boolean";
    }
    return value instanceof String ? "text" : String.valueOf(value);
  }
}
