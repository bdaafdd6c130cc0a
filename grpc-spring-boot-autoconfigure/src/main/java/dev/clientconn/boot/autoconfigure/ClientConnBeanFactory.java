// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.ClientConnFactory;

/**
 * Creates the channel of each bean definition that {@link ClientConnBeanRegistrar} registers.
 */
final class ClientConnBeanFactory {

  private final ClientConnFactory factory;

  ClientConnBeanFactory(ClientConnFactory factory) {
    this.factory = factory;
  }

  /** Factory method of the bean definitions, called once for each target. */
  ClientConn clientConn(String target) {
    return this.factory.create(target);
  }
}
