// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.beans.PropertyDescriptor;
import java.lang.reflect.Method;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.BindableRuntimeHintsRegistrar;
import org.springframework.core.ResolvableType;

/**
 * Registers the properties classes for native images: the Binder writes them by reflection, and
 * {@link InheritedSettings} and {@link SettingKeys} read them so.
 */
final class GrpcClientRuntimeHints implements RuntimeHintsRegistrar {

  @Override
  public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
    BindableRuntimeHintsRegistrar.forTypes(GrpcClientProperties.class).registerHints(hints);
    Set<Class<?>> groups = new LinkedHashSet<>();
    collect(GrpcClientProperties.class, groups);
    collect(GrpcClientProperties.Target.class, groups);
    for (Class<?> group : groups) {
      hints.reflection().registerType(group, MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS);
      for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(group)) {
        register(hints, property.getReadMethod());
        register(hints, property.getWriteMethod());
      }
    }
  }

  private static void register(RuntimeHints hints, @Nullable Method accessor) {
    if (accessor != null && accessor.getDeclaringClass() != Object.class) {
      hints.reflection().registerMethod(accessor, ExecutableMode.INVOKE);
    }
  }

  /** Adds a group of keys, its superclass, the groups in it, and those in its lists. */
  private static void collect(Class<?> group, Set<Class<?>> into) {
    if (!into.add(group)) {
      return;
    }
    if (SettingKeys.isGroup(group.getSuperclass())) {
      collect(group.getSuperclass(), into);
    }
    for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(group)) {
      Method getter = property.getReadMethod();
      if (getter == null || getter.getDeclaringClass() == Object.class) {
        continue;
      }
      Class<?> element =
          ResolvableType.forMethodReturnType(getter).asCollection().resolveGeneric();
      if (SettingKeys.isGroup(property.getPropertyType())) {
        collect(property.getPropertyType(), into);
      }
      if (element != null && SettingKeys.isGroup(element)) {
        collect(element, into);
      }
    }
  }
}
