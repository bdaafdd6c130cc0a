// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.autoconfigure.GrpcClientProperties;
import java.lang.reflect.Proxy;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.core.type.MethodMetadata;

/**
 * Recognizes beans that cannot contain {@link dev.clientconn.boot.GrpcClient}: those of the JDK, of
 * Spring and of this starter.
 *
 * <p>Spring Boot's {@code @Bean} methods return classes of other libraries, such as registries of
 * meters and JSON mappers. They are few, and have so many members, with types that must be loaded,
 * that their search would take as long as that of hundreds of application classes.
 */
final class LibraryBeans {

  private static final String SPRING = "org.springframework.";

  private static final String OWN = "dev.clientconn.boot.autoconfigure.";

  private static final String OWN_CONFIGURATION = "AutoConfiguration";

  private LibraryBeans() {}

  /** Returns whether a method of Spring's or of this starter creates the bean. */
  static boolean isOfLibrary(BeanDefinition definition) {
    MethodMetadata method = definition instanceof AnnotatedBeanDefinition annotated
        ? annotated.getFactoryMethodMetadata()
        : null;
    return method != null && isOfLibrary(method.getDeclaringClassName());
  }

  /** Returns whether a class is of the JDK, of Spring or of this starter, or is generated. */
  static boolean isOfLibrary(Class<?> type) {
    String name = type.getName();
    return name.startsWith("java.")
        || isOfLibrary(name)
        || type == ClientConn.class
        || type == GrpcClientProperties.class
        || Proxy.isProxyClass(type);
  }

  /** The name and not only the package: the tests of the starter are in its packages. */
  private static boolean isOfLibrary(String className) {
    return className.startsWith(SPRING)
        || (className.startsWith(OWN) && outermost(className).endsWith(OWN_CONFIGURATION));
  }

  private static String outermost(String className) {
    int nested = className.indexOf('$');
    return nested < 0 ? className : className.substring(0, nested);
  }
}
