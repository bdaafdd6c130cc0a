// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.threading.CrossesThreads;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A share in event loops: by default in those that all channels of this JVM have in common, made when the first channel needs them and
 * ended after the last one has let go. Native epoll where it is on the classpath, NIO elsewhere.
 */
@CrossesThreads
final class EventLoops {

  private static final Object lock = new Object();
  private static @Nullable EventLoopGroup shared;
  private static int leases;

  private final EventLoopGroup group;
  private boolean released;

  private EventLoops(EventLoopGroup group) {
    this.group = group;
  }

  /** Takes part in the shared loops. Must be {@link #release}d. */
  static EventLoops lease() {
    synchronized (lock) {
      EventLoopGroup group = shared;
      if (group == null) {
        group = newGroup(
            Runtime.getRuntime().availableProcessors(),
            Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        shared = group;
      }
      leases++;
      return new EventLoops(group);
    }
  }

  /** One loop of its own, with the I/O of the caller's choice. Must be {@link #release}d. */
  static EventLoops single(IoHandlerFactory io) {
    return new EventLoops(newGroup(1, io));
  }

  private static EventLoopGroup newGroup(int loops, IoHandlerFactory io) {
    return new MultiThreadIoEventLoopGroup(
        loops, new DefaultThreadFactory("clientconn-loop", true), io);
  }

  EventLoop next() {
    return group.next();
  }

  void release() {
    synchronized (lock) {
      if (released) {
        return;
      }
      released = true;
      if (group == shared) {
        leases--;
        if (leases > 0) {
          return;
        }
        shared = null;
      }
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }
}
