// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says to which targets a bean of type {@link io.grpc.CallCredentials} belongs. Its credentials are
 * sent with every call to these targets that has no credentials of its own. A bean without the
 * annotation is sent to no server, unless {@code credentials.bean} of a target names it. Use it on
 * the class of the bean or on its {@code @Bean} method.
 */
@Documented
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface GrpcCallCredentials {

  /**
   * The names of targets below {@code grpc.client.targets}, without regard to case and dashes. An
   * unknown name fails the start.
   *
   * @return the names
   */
  String[] value();
}
