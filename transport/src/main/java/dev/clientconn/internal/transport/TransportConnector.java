// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import io.grpc.Attributes;
import java.net.SocketAddress;

/** Starts connections of one channel, and owns what they share: event loops, TLS context, options. */
public interface TransportConnector {

  /**
   * Starts to connect. Returns at once; the listener hears how it went.
   *
   * @param address one resolved address
   * @param authority default {@code :authority} of its streams, and the name that TLS verifies
   * @param addressAttributes what the resolver and the balancer said of the address
   */
  ClientTransport connect(
      SocketAddress address,
      String authority,
      Attributes addressAttributes,
      ClientTransport.Listener listener);

  /** Releases what the connections shared. Called once, after the last of them has terminated. */
  void close();
}
