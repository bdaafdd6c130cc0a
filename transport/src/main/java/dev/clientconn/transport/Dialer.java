// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.transport;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.time.Duration;

/**
 * Opens the connections of a channel. The default dials TCP, unix sockets and proxies. A
 * custom dialer can use anything that provides a Netty channel: a tunnel, another type of socket,
 * an in-memory channel in a test.
 */
@FunctionalInterface
public interface Dialer {

  /**
   * Starts to connect and returns without waiting for the result.
   *
   * <p>Called on {@code request.eventLoop()}, so it must not block. The channel must be registered
   * with that loop, and {@code request.handler()} must be in its pipeline before it becomes active.
   * If the future fails, or this method throws or returns {@code null}, the connection attempt
   * fails: calls end with {@code UNAVAILABLE} and the message of the cause, or wait for the next
   * attempt if they are wait-for-ready.
   *
   * @param request the address, the loop and the handler of the connection
   * @return the future of the connect, never {@code null}; the transport closes its channel
   */
  ChannelFuture dial(Request request);

  /**
   * Describes one connection attempt.
   *
   * @param address the address to connect to, as the name resolver returned it
   * @param eventLoop the event loop of the connection
   * @param handler initialises the pipeline: TLS if it is used, then HTTP/2
   * @param connectTimeout time from the call of {@link #dial} to the server's SETTINGS, after which
   *     the transport fails the attempt; positive, 20 s by default. A dialer need not enforce it
   */
  record Request(
      SocketAddress address,
      EventLoop eventLoop,
      ChannelHandler handler,
      Duration connectTimeout) {}
}
