// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;

/**
 * Reads the annotations of beans, on their classes and on their {@code @Bean} methods, in a bean
 * factory and its ancestors. It creates no beans.
 */
public final class BeanAnnotations {

  private final ConfigurableListableBeanFactory beans;

  /**
   * Creates the reader.
   *
   * @param beans the bean factory
   */
  public BeanAnnotations(ConfigurableListableBeanFactory beans) {
    this.beans = beans;
  }

  /**
   * Returns the annotations of a bean.
   *
   * @param name the bean name
   * @return those of the class and those of the {@code @Bean} method, if they are known
   */
  public List<MergedAnnotations> of(String name) {
    List<MergedAnnotations> annotations = new ArrayList<>();
    Class<?> type = this.beans.getType(name, false);
    if (type != null) {
      annotations.add(
          MergedAnnotations.from(ClassUtils.getUserClass(type), SearchStrategy.TYPE_HIERARCHY));
    }
    if (definition(name) instanceof RootBeanDefinition root
        && root.getResolvedFactoryMethod() != null) {
      annotations.add(
          MergedAnnotations.from(root.getResolvedFactoryMethod(), SearchStrategy.TYPE_HIERARCHY));
    }
    return annotations;
  }

  /**
   * Returns the merged definition of a bean.
   *
   * @param name the bean name
   * @return null for a singleton without a definition
   */
  public @Nullable BeanDefinition definition(String name) {
    BeanFactory factory = this.beans;
    while (factory instanceof ConfigurableListableBeanFactory owner) {
      if (owner.containsLocalBean(name)) {
        return owner.containsBeanDefinition(name) ? owner.getMergedBeanDefinition(name) : null;
      }
      factory = owner.getParentBeanFactory();
    }
    return null;
  }
}
