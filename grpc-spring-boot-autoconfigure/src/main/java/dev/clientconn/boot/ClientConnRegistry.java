// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot;

import dev.clientconn.ClientConn;
import java.util.Map;

/**
 * The channels of the application, for what must see all of them: metrics, health, shutdown. Every
 * bean of type {@link ClientConn} is one of them, whoever made it.
 */
public interface ClientConnRegistry {

  /**
   * The channels made so far, by target name: the name of the bean without {@code ClientConn} at
   * its end.
   *
   * @return an unmodifiable copy in name order; a channel stays in it after it was shut down
   */
  Map<String, ClientConn> channels();
}
