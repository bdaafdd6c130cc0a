// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.GrpcClientBean;
import dev.clientconn.boot.GrpcClientBeans;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * Describes a bean that {@link GrpcClientBean} declares.
 *
 * @param beanName the name of the bean
 * @param client the client, with the class in place of an injection point
 */
record DeclaredClient(String beanName, ClientInjectionPoint client) {

  /** Finds the annotation on the classes of bean definitions, without loading other classes. */
  static List<DeclaredClient> in(ConfigurableListableBeanFactory beans) {
    List<DeclaredClient> declared = new ArrayList<>();
    for (String name : beans.getBeanDefinitionNames()) {
      Class<?> type =
          isAnnotated(beans.getBeanDefinition(name)) ? beans.getType(name, false) : null;
      if (type != null) {
        Class<?> place = ClassUtils.getUserClass(type);
        for (GrpcClientBean bean : place.getAnnotationsByType(GrpcClientBean.class)) {
          declared.add(of(bean, place));
        }
      }
    }
    return declared;
  }

  /** The metadata of a bean that a method creates is that of the class with the method. */
  private static boolean isAnnotated(BeanDefinition definition) {
    if (definition instanceof AnnotatedBeanDefinition annotated
        && definition.getFactoryMethodName() == null) {
      AnnotationMetadata metadata = annotated.getMetadata();
      return metadata.hasAnnotation(GrpcClientBean.class.getName())
          || metadata.hasAnnotation(GrpcClientBeans.class.getName());
    }
    return false;
  }

  private static DeclaredClient of(GrpcClientBean bean, Class<?> place) {
    GrpcClient client = bean.client();
    String name = StringUtils.hasText(bean.beanName())
        ? bean.beanName()
        : client.value() + bean.clazz().getSimpleName();
    return new DeclaredClient(
        name,
        new ClientInjectionPoint(
            client.value(), bean.clazz(), ClientInjectionPointScanner.interceptors(client), place));
  }
}
