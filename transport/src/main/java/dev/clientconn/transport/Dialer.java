// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.transport;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.time.Duration;

/**
 * Makes the connections of a channel. The default dials TCP; a user's dialer can reach a server by
 * any other way that ends in a Netty channel: a tunnel, another socket type, an in-memory channel
 * in a test.
 */
@FunctionalInterface
public interface Dialer {

  /**
   * Starts to connect and returns at once.
   *
   * <p>Called on {@code request.eventLoop()}; must not block. The channel must be registered with
   * that loop and must have {@code request.handler()} in its pipeline before it becomes active. A
   * failed future, or an exception thrown here, fails this connection attempt: calls see
   * {@code UNAVAILABLE} with the cause's message.
   *
   * @param request where to, on which loop, and with which handler
   * @return the connect future; its channel is closed by the transport
   */
  ChannelFuture dial(Request request);

  /**
   * One attempt to connect.
   *
   * @param address where to connect
   * @param eventLoop the loop that will own the connection
   * @param handler initialises the pipeline: TLS where it is used, then HTTP/2
   * @param connectTimeout how long the attempt may take before it counts as failed; always positive
   */
  record Request(
      SocketAddress address,
      EventLoop eventLoop,
      ChannelHandler handler,
      Duration connectTimeout) {}
}
