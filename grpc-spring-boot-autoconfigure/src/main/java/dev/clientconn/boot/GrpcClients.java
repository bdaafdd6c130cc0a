// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot;

import dev.clientconn.ClientConn;
import java.util.Map;

/** The channels of the application, for what must see all of them: metrics, health, shutdown. */
public interface GrpcClients {

  /**
   * The channels made so far, by target name.
   *
   * @return an unmodifiable copy in name order; a channel stays in it after it was shut down
   */
  Map<String, ClientConn> channels();
}
