// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot;

import org.springframework.core.Ordered;

/**
 * Names orders for interceptors, as values of {@link org.springframework.core.annotation.Order}. An
 * interceptor with a lower value is called earlier, and sees the result of a call later.
 */
public final class InterceptorOrder {

  /** Before all others. */
  public static final int ORDER_FIRST = Ordered.HIGHEST_PRECEDENCE;

  /** Translation of errors for the application. */
  public static final int ORDER_GLOBAL_EXCEPTION_HANDLING = 0;

  /** Traces and metrics, which then include what interceptors of security do. */
  public static final int ORDER_TRACING_METRICS = 2500;

  /** Translation of errors of security. */
  public static final int ORDER_SECURITY_EXCEPTION_HANDLING = 5000;

  /** Authentication of calls. */
  public static final int ORDER_SECURITY_AUTHENTICATION = 5100;

  /** Checks of what a caller may do. */
  public static final int ORDER_SECURITY_AUTHORISATION = 5200;

  /** After all others, which is the order of an interceptor that has none. */
  public static final int ORDER_LAST = Ordered.LOWEST_PRECEDENCE;

  private InterceptorOrder() {}
}
