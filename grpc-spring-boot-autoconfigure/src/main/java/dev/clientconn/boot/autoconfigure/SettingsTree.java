// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.beans.PropertyDescriptor;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.util.ReflectionUtils;

/** Copies settings into maps and lists, which can be compared. */
final class SettingsTree {

  private SettingsTree() {}

  /** Returns the values of a group of settings by name, those of groups in it as maps. */
  static Map<String, Object> of(Object group) {
    Map<String, Object> tree = new LinkedHashMap<>();
    for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(group.getClass())) {
      Method getter = property.getReadMethod();
      if (getter != null && getter.getDeclaringClass() != Object.class) {
        Object value = copy(ReflectionUtils.invokeMethod(getter, group));
        if (value != null) {
          tree.put(property.getName(), value);
        }
      }
    }
    return tree;
  }

  private static @Nullable Object copy(@Nullable Object value) {
    if (value instanceof Map<?, ?> entries) {
      Map<Object, @Nullable Object> copied = new LinkedHashMap<>();
      entries.forEach((key, entry) -> copied.put(key, copy(entry)));
      return copied;
    }
    if (value instanceof Collection<?> elements) {
      return elements.stream().map(SettingsTree::copy).toList();
    }
    return value != null && SettingKeys.isGroup(value.getClass()) ? of(value) : value;
  }
}
