// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.ClientConnFactory;

/** Makes the channel behind each bean definition that {@link ClientConnBeanRegistrar} wrote. */
final class ClientConnBeanFactory {

  private final ClientConnFactory factory;

  ClientConnBeanFactory(ClientConnFactory factory) {
    this.factory = factory;
  }

  /** The factory method of the bean definitions: called once for each target. */
  ClientConn clientConn(String target) {
    return this.factory.create(target);
  }
}
