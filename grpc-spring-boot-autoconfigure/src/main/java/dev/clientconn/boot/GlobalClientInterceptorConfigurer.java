// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot;

import io.grpc.ClientInterceptor;
import java.util.List;

/**
 * Changes the list of interceptors that are applied to all clients. Beans of this type are called
 * in their order; afterwards the list is sorted.
 */
@FunctionalInterface
public interface GlobalClientInterceptorConfigurer {

  /**
   * Adds, removes or replaces interceptors. It is called for each target, and an exception thrown
   * here fails the start.
   *
   * @param interceptors the global interceptors of a target; the list can be changed
   */
  void configureClientInterceptors(List<ClientInterceptor> interceptors);
}
