// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Contains several {@link GrpcTestServer} annotations of one class. */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface GrpcTestServers {

  /**
   * The servers.
   *
   * @return one annotation for each server
   */
  GrpcTestServer[] value();
}
