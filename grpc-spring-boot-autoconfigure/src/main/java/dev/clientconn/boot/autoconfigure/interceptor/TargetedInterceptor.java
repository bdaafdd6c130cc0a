// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.interceptor;

import io.grpc.ClientInterceptor;

/**
 * Intercepts the calls of each target by an interceptor that knows the name of the target. Where
 * there is no target, as on channels of other factories, the calls pass through this one.
 */
public interface TargetedInterceptor extends ClientInterceptor {

  /**
   * Returns the interceptor for the channel of a target. Called once for each chain of
   * interceptors, not for each call.
   *
   * @param target the name of the target, or an address without a name
   * @return the interceptor that takes the place of this one
   */
  ClientInterceptor forTarget(String target);
}
