// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import io.grpc.Attributes;
import io.grpc.SecurityLevel;
import java.net.SocketAddress;

/**
 * Creates the connections of one channel. Owns what they share: event loops, TLS context, options.
 */
public interface TransportConnector {

  /**
   * Starts to connect and returns without blocking; the result is passed to the listener.
   *
   * @param address one resolved address
   * @param authority default {@code :authority} of the streams; TLS verifies its host
   * @param addressAttributes attributes that the resolver and the balancer gave to the address
   */
  ClientTransport connect(
      SocketAddress address,
      String authority,
      Attributes addressAttributes,
      ClientTransport.Listener listener);

  /**
   * Returns which keys and certificates {@link #connect} uses. One that is called before
   * {@code connect} returns the version that the connection has, or an older one.
   */
  TlsVersion tlsVersion();

  /**
   * Sets what is called after each change of the version, on the thread that made it, until
   * {@link #close}. Called at most once.
   */
  void onTlsChange(Runnable listener);

  /** Returns how the connections are protected. */
  default SecurityLevel securityLevel() {
    return SecurityLevel.NONE;
  }

  /** Releases the shared resources. Called once, after the last connection has terminated. */
  void close();
}
