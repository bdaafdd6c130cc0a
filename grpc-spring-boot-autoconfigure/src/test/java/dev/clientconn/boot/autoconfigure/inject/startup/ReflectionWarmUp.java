// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject.startup;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.PriorityOrdered;
import org.springframework.util.ReflectionUtils;

/**
 * Reads the members of the bean classes and their annotations before the search for
 * {@code @GrpcClient} does. Spring reads them in any case when it creates the beans, and the JVM
 * caches them, so the rest of the search is what it adds to the start.
 */
final class ReflectionWarmUp implements BeanFactoryPostProcessor, PriorityOrdered {

  @Override
  public int getOrder() {
    return LOWEST_PRECEDENCE - 1;
  }

  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
    for (String name : beanFactory.getBeanDefinitionNames()) {
      Class<?> type = beanFactory.getType(name, false);
      if (type != null && type.getName().startsWith(BeanSources.PACKAGE)) {
        ReflectionUtils.doWithLocalFields(type, AccessibleObject::getDeclaredAnnotations);
        ReflectionUtils.doWithLocalMethods(type, AccessibleObject::getDeclaredAnnotations);
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
          constructor.getParameterAnnotations();
        }
      }
    }
  }
}
