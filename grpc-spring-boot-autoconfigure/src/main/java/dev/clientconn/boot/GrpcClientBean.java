// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Adds a client to the application context as an ordinary bean, which can be injected without
 * {@link GrpcClient}. Put it on a configuration class. The bean is defined before any other bean is
 * created, whether or not the configuration class is used.
 *
 * <p>The start fails if no target has the name of the client, unless the name is an address.
 */
@Documented
@Repeatable(GrpcClientBeans.class)
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface GrpcClientBean {

  /**
   * The class of the bean: a stub or a channel.
   *
   * @return a type that can be injected with {@link GrpcClient}
   */
  Class<?> clazz();

  /**
   * The name of the bean. By default it is the name of the client followed by the simple name of
   * the class, such as {@code portsPortsBlockingStub}.
   *
   * @return the name, or empty for the default
   */
  String beanName() default "";

  /**
   * The client.
   *
   * @return the annotation as it would be at an injection point
   */
  GrpcClient client();
}
