// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.Arrays;
import java.util.List;
import org.springframework.beans.factory.BeanCurrentlyInCreationException;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** Looks up beans whose names are values of properties. */
record BeanReferences(ConfigurableListableBeanFactory beans) {

  /**
   * Returns a bean.
   *
   * @throws InvalidConfigurationPropertyValueException if there is no such bean, or if it needs the
   *     channel that needs the bean
   */
  <T> T get(TargetSettings settings, String leaf, String name, Class<T> type) {
    if (!this.beans.containsBean(name)) {
      throw settings.invalid(
          leaf, name, "There is no bean '%s'. %s".formatted(name, known(name, type)));
    }
    if (!this.beans.isTypeMatch(name, type)) {
      throw settings.invalid(
          leaf, name, "The bean '%s' has another type. %s".formatted(name, known(name, type)));
    }
    try {
      return this.beans.getBean(name, type);
    } catch (BeanCurrentlyInCreationException cycle) {
      InvalidConfigurationPropertyValueException invalid = settings.invalid(
          leaf,
          name,
          ("This bean uses a client of the target '%s' and cannot be used by it."
                  + " Set another value for this target.")
              .formatted(settings.name()));
      invalid.initCause(cycle);
      throw invalid;
    }
  }

  private String known(String name, Class<?> type) {
    List<String> names = Arrays.asList(
        BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beans, type, true, false));
    if (names.isEmpty()) {
      return "There are no beans of type %s.".formatted(type.getSimpleName());
    }
    String all = "Beans of type %s: %s.".formatted(type.getSimpleName(), String.join(", ", names));
    return TargetNames.nearest(name, names)
        .map(nearest -> "Did you mean '%s'? %s".formatted(nearest, all))
        .orElse(all);
  }
}
