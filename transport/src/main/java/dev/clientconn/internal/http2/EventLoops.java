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
 * The event loops that all channels of this JVM share: made when the first channel needs them, ended after the last one
 * has let go. Native epoll where it is on the classpath, NIO elsewhere.
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
        group = new MultiThreadIoEventLoopGroup(
            Runtime.getRuntime().availableProcessors(),
            new DefaultThreadFactory("clientconn-loop", true),
            ioHandler());
        shared = group;
      }
      leases++;
      return new EventLoops(group);
    }
  }

  private static IoHandlerFactory ioHandler() {
    return Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
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
      leases--;
      if (leases == 0) {
        shared = null;
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      }
    }
  }
}
