// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot;

import dev.clientconn.ClientConn;
import java.util.Map;

/**
 * Provides all channels of the application, for metrics, health checks and shutdown. It contains
 * every bean of type {@link ClientConn}, including those that the application defines itself.
 */
public interface ClientConnRegistry {

  /**
   * Returns the channels created so far by target name, which is the bean name without the suffix
   * {@code ClientConn}.
   *
   * @return an unmodifiable copy in the order of the names; it includes channels that were shut
   *     down
   */
  Map<String, ClientConn> channels();
}
