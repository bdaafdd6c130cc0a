// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Adds up the size of objects and of all arrays and objects of this library that they refer to.
 * Assumes the layout of a JVM with references of four bytes, so that the figure is the same on
 * each.
 */
final class HeapOf {

  private static final int OBJECT_HEADER = 12;
  private static final int ARRAY_HEADER = 16;
  private static final int REFERENCE = 4;

  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<Object> toVisit = new ArrayDeque<>();

  private HeapOf() {}

  static long roots(Object... roots) {
    HeapOf heap = new HeapOf();
    for (Object root : roots) {
      heap.found(root);
    }
    long bytes = 0;
    for (Object next = heap.toVisit.poll(); next != null; next = heap.toVisit.poll()) {
      bytes += heap.visit(next);
    }
    return bytes;
  }

  private void found(@Nullable Object object) {
    if (object != null && isCounted(object.getClass()) && seen.add(object)) {
      toVisit.add(object);
    }
  }

  private static boolean isCounted(Class<?> type) {
    return type.isArray() || type.getName().startsWith("dev.clientconn.internal.");
  }

  private long visit(Object object) {
    Class<?> type = object.getClass();
    if (type.isArray()) {
      int length = Array.getLength(object);
      if (!type.getComponentType().isPrimitive()) {
        for (int i = 0; i < length; i++) {
          found(Array.get(object, i));
        }
      }
      return aligned(ARRAY_HEADER + (long) length * size(type.getComponentType()));
    }
    long bytes = OBJECT_HEADER;
    for (Class<?> each = type; each != null; each = each.getSuperclass()) {
      bytes += isCounted(each) ? visitFields(object, each) : 0;
    }
    return aligned(bytes);
  }

  private long visitFields(Object object, Class<?> type) {
    long bytes = 0;
    for (Field field : type.getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers())) {
        bytes += size(field.getType());
        if (!field.getType().isPrimitive()) {
          found(value(field, object));
        }
      }
    }
    return bytes;
  }

  private static @Nullable Object value(Field field, Object object) {
    try {
      field.setAccessible(true);
      return field.get(object);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  private static int size(Class<?> type) {
    if (type == long.class || type == double.class) {
      return 8;
    }
    if (type == int.class || type == float.class) {
      return 4;
    }
    if (type == short.class || type == char.class) {
      return 2;
    }
    return type.isPrimitive() ? 1 : REFERENCE;
  }

  private static long aligned(long bytes) {
    return (bytes + 7) / 8 * 8;
  }
}
