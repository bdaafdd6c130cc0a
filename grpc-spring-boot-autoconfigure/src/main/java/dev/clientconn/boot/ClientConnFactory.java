// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot;

import dev.clientconn.ClientConn;

/**
 * Makes the channel of a target. The auto-configured one reads {@code grpc.client} and calls the
 * {@link ClientConnBuilderCustomizer} beans; a bean of this type replaces it.
 */
@FunctionalInterface
public interface ClientConnFactory {

  /**
   * Makes a new channel. It need not be connected: channels connect with their first call.
   *
   * @param target the configured name of the target, or an address
   * @return a channel of which the application context becomes the owner: it will shut it down
   */
  ClientConn create(String target);
}
