// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.serviceconfig;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads typed values from an object of a service config. Every failure is an {@link
 * IllegalArgumentException} that names the place in the config.
 *
 * @param values as a JSON parser makes them: Map, List, String, Double, Boolean
 * @param path of this object in the config
 */
record JsonObject(Map<String, ?> values, String path) {
  /** Protobuf's JSON form of a Duration. */
  private static final Pattern DURATION = Pattern.compile("(\\d{1,12})(?:\\.(\\d{1,9}))?s");

  boolean has(String key) {
    return values.get(key) != null;
  }

  @Nullable
  String string(String key) {
    return typed(key, String.class, "a string");
  }

  @Nullable
  Boolean bool(String key) {
    return typed(key, Boolean.class, "true or false");
  }

  @Nullable
  Double number(String key) {
    Object value = values.get(key);
    if (value == null) {
      return null;
    }
    try {
      return value instanceof Number number
          ? Double.valueOf(number.doubleValue())
          : Double.valueOf((String) value);
    } catch (ClassCastException | NumberFormatException e) {
      throw wrong(key, "a number", value);
    }
  }

  @Nullable
  Integer integer(String key) {
    Double number = number(key);
    if (number == null) {
      return null;
    }
    if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
      throw wrong(key, "a 32-bit integer", number);
    }
    return number.intValue();
  }

  @Nullable
  Long durationNanos(String key) {
    String wanted = "a duration such as \"1.5s\"";
    String text = typed(key, String.class, wanted);
    if (text == null) {
      return null;
    }
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw wrong(key, wanted, text);
    }
    long seconds = Long.parseLong(matcher.group(1));
    String fraction = matcher.group(2);
    long nanos = fraction == null ? 0 : Long.parseLong((fraction + "00000000").substring(0, 9));
    return seconds > Long.MAX_VALUE / 1_000_000_000 - 1
        ? Long.MAX_VALUE
        : seconds * 1_000_000_000 + nanos;
  }

  @Nullable
  JsonObject object(String key) {
    Map<?, ?> value = typed(key, Map.class, "an object");
    return value == null ? null : new JsonObject(stringKeys(value), path + "." + key);
  }

  /** The objects of a list; empty if there is no such list. */
  List<JsonObject> objects(String key) {
    List<?> value = typed(key, List.class, "a list");
    List<JsonObject> objects = new ArrayList<>();
    for (int i = 0; value != null && i < value.size(); i++) {
      String place = path + "." + key + "[" + i + "]";
      if (!(value.get(i) instanceof Map<?, ?> map)) {
        throw new IllegalArgumentException(place + " must be an object, but is " + value.get(i));
      }
      objects.add(new JsonObject(stringKeys(map), place));
    }
    return objects;
  }

  @Nullable
  List<?> list(String key) {
    return typed(key, List.class, "a list");
  }

  IllegalArgumentException wrong(String key, String wanted, @Nullable Object seen) {
    return new IllegalArgumentException(
        path + "." + key + " must be " + wanted + ", but is " + (seen == null ? "missing" : seen));
  }

  private <T> @Nullable T typed(String key, Class<T> type, String wanted) {
    Object value = values.get(key);
    if (value != null && !type.isInstance(value)) {
      throw wrong(key, wanted, value);
    }
    return type.cast(value);
  }

  private Map<String, ?> stringKeys(Map<?, ?> map) {
    return stringKeys(map, path);
  }

  @SuppressWarnings("unchecked") // Checked here: every key is a String.
  private static Map<String, ?> stringKeys(Map<?, ?> map, String path) {
    for (Object key : map.keySet()) {
      if (!(key instanceof String)) {
        throw new IllegalArgumentException(path + " has a key that is not a string: " + key);
      }
    }
    return (Map<String, ?>) map;
  }

  /** Copies an object that an application made by hand, in depth; numbers become doubles. */
  static Map<String, ?> copy(Map<?, ?> map, String path) {
    Map<String, Object> copy = new LinkedHashMap<>();
    stringKeys(map, path)
        .forEach((key, value) -> copy.put(key, copyValue(value, path + "." + key)));
    return Collections.unmodifiableMap(copy);
  }

  private static @Nullable Object copyValue(@Nullable Object value, String path) {
    if (value == null || value instanceof String || value instanceof Boolean) {
      return value;
    }
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    if (value instanceof Map<?, ?> map) {
      return copy(map, path);
    }
    if (value instanceof List<?> list) {
      List<Object> copy = new ArrayList<>();
      for (int i = 0; i < list.size(); i++) {
        copy.add(copyValue(list.get(i), path + "[" + i + "]"));
      }
      return Collections.unmodifiableList(copy);
    }
    throw new IllegalArgumentException(path + " must be a string, a number, true or false, a list,"
        + " a map or null, as in JSON, but is of type " + value.getClass().getName());
  }
}
