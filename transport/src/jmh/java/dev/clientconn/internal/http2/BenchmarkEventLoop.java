// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;

/**
 * An event loop that runs no task and whose time the benchmark advances, so that only the cost of
 * submitting tasks and timers is measured.
 */
final class BenchmarkEventLoop extends AbstractScheduledEventExecutor implements EventLoop {

  private final Clock clock = new Clock();

  void advance(long nanos) {
    clock.now += nanos;
  }

  @Override
  public Ticker ticker() {
    return clock;
  }

  @Override
  public void execute(Runnable task) {}

  @Override
  public boolean inEventLoop() {
    return true;
  }

  @Override
  public boolean inEventLoop(Thread thread) {
    return true;
  }

  @Override
  public EventLoopGroup parent() {
    return (EventLoopGroup) super.parent();
  }

  @Override
  public EventLoop next() {
    return this;
  }

  @Override
  public ChannelFuture register(Channel channel) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ChannelFuture register(ChannelPromise promise) {
    throw new UnsupportedOperationException();
  }

  @Override
  @Deprecated
  public ChannelFuture register(Channel channel, ChannelPromise promise) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isShuttingDown() {
    return false;
  }

  @Override
  public boolean isShutdown() {
    return false;
  }

  @Override
  public boolean isTerminated() {
    return false;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return false;
  }

  @Override
  public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<?> terminationFuture() {
    throw new UnsupportedOperationException();
  }

  @Override
  @Deprecated
  public void shutdown() {
    throw new UnsupportedOperationException();
  }

  private static final class Clock implements Ticker {
    private long now;

    @Override
    public long initialNanoTime() {
      return 0;
    }

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public void sleep(long delay, TimeUnit unit) {
      now += unit.toNanos(delay);
    }
  }
}
