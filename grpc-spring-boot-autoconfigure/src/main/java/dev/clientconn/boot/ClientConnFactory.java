// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot;

import dev.clientconn.ClientConn;

/**
 * Creates the channel of a target. The auto-configured factory reads {@code grpc.client} and calls
 * the {@link ClientConnBuilderCustomizer} beans. A bean of this type replaces it.
 */
@FunctionalInterface
public interface ClientConnFactory {

  /**
   * Creates a channel. It does not have to be connected: a channel connects on its first call.
   *
   * @param target the configured name of the target, or an address
   * @return the channel; the application context owns it and shuts it down
   */
  ClientConn create(String target);
}
