// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.concurrent.SharedResource;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Provides event loops to one channel. By default all channels of the JVM share one group, which is
 * created for the first channel and shut down shortly after the last one has released it. Uses
 * native epoll where it is on the classpath, NIO elsewhere.
 */
@CrossesThreads
public final class EventLoops {

  private static final SharedResource<EventLoopGroup> shared =
      new SharedResource<>(new Groups(), SharedResource.LINGER_NANOS, System::nanoTime);

  private final EventLoopGroup group;
  private final Runnable releaseGroup;
  private boolean released;

  private EventLoops(EventLoopGroup group, Runnable releaseGroup) {
    this.group = group;
    this.releaseGroup = releaseGroup;
  }

  /** Returns a share in the common loops. Must be {@link #release}d. */
  public static EventLoops lease() {
    return leaseOf(shared);
  }

  static EventLoops leaseOf(SharedResource<EventLoopGroup> loops) {
    return new EventLoops(loops.acquire(), loops::release);
  }

  /** Creates one separate loop with the given I/O. Must be {@link #release}d. */
  public static EventLoops single(IoHandlerFactory io) {
    EventLoopGroup own = newGroup(1, io);
    return new EventLoops(own, () -> shutDown(own));
  }

  public EventLoop next() {
    return group.next();
  }

  /** Releases the share; later calls have no effect. Any thread. */
  public synchronized void release() {
    if (!released) {
      released = true;
      releaseGroup.run();
    }
  }

  private static EventLoopGroup newGroup(int loops, IoHandlerFactory io) {
    return new MultiThreadIoEventLoopGroup(
        loops, new DefaultThreadFactory("clientconn-loop", true), io);
  }

  private static void shutDown(EventLoopGroup group) {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /** Creates groups with one loop for each processor. */
  static final class Groups implements SharedResource.Kind<EventLoopGroup> {
    @Override
    public EventLoopGroup create() {
      boolean epoll = Epoll.isAvailable();
      EventLoopGroup group = newGroup(
          Runtime.getRuntime().availableProcessors(),
          epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
      group.execute(() -> loadClasses(epoll));
      return group;
    }

    /**
     * Loads what the first connection needs, some 30 ms in a fresh JVM, while the caller builds its
     * channel and resolves the name.
     */
    private static void loadClasses(boolean epoll) {
      LoopAllocator.ofConnections().directBuffer().release();
      try {
        Channel unconnected = epoll ? new EpollSocketChannel() : new NioSocketChannel();
        unconnected.unsafe().closeForcibly();
      } catch (ChannelException e) {
        // There is no file descriptor left: the first connection will say so.
      }
    }

    @Override
    public void schedule(EventLoopGroup group, Runnable task, long delayNanos) {
      group.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void end(EventLoopGroup group) {
      shutDown(group);
    }
  }
}
