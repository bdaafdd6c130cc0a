// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot;

import java.util.List;

/**
 * Applies properties that have changed to channels that are used. The channels and all clients stay
 * the same objects, and no call is lost. With Spring Cloud it is called for each change of the
 * environment; without, by the application.
 */
@FunctionalInterface
public interface ClientConnRefresher {

  /**
   * Reads {@code grpc.client} again and applies what differs to the channels that the
   * auto-configured {@link ClientConnFactory} has created. The customizers are called for each
   * channel that changes. A target whose settings are the same is not touched. What cannot be used
   * leaves the configuration before in force; one warning names the property and its origin.
   *
   * @return the names of the targets whose channel has another configuration now
   */
  List<String> refresh();
}
