// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.concurrent;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Safe for several threads: the only classes that may hold volatile fields, atomics or locks. */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface CrossesThreads {}
