// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Contains several {@link GrpcClientBean} annotations of a configuration class. */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface GrpcClientBeans {

  /**
   * The clients.
   *
   * @return one annotation for each bean
   */
  GrpcClientBean[] value();
}
