// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the behaviours of {@code conformance.txt} that a test method shows. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Conforms {

  /** Ids of behaviours, such as {@code T040}. */
  String[] value();
}
