// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.testing;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Implements an event loop without a thread: a test runs its tasks and advances its time. Tasks
 * never run inside one another.
 */
public final class ManualLoop extends AbstractScheduledEventExecutor implements EventLoop {

  /** Tasks after which a loop that always has another one counts as endless. */
  private static final int MAX_TASKS = 100_000;

  private final MockTicker ticker = Ticker.newMockTicker();
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private boolean running;

  /**
   * Runs what is due, and what that makes due, until nothing is. Throws if that does not end: a
   * connection would keep its thread busy.
   */
  public void run() {
    if (running) {
      return;
    }
    running = true;
    try {
      int count = 0;
      for (Runnable task = next0(); task != null; task = next0()) {
        if (count++ == MAX_TASKS) {
          throw new AssertionError("The loop always has another task: " + task);
        }
        task.run();
      }
    } finally {
      running = false;
    }
  }

  private Runnable next0() {
    Runnable task = tasks.poll();
    return task != null ? task : pollScheduledTask(ticker.nanoTime());
  }

  /** Moves the time on, one timer after the other. */
  public void advance(Duration by) {
    long end = ticker.nanoTime() + by.toNanos();
    run();
    for (long delay = nextScheduledTaskNano();
        delay >= 0 && ticker.nanoTime() + delay <= end;
        delay = nextScheduledTaskNano()) {
      ticker.advance(delay, TimeUnit.NANOSECONDS);
      run();
    }
    ticker.advance(end - ticker.nanoTime(), TimeUnit.NANOSECONDS);
    run();
  }

  /** Runs one task. Returns false if there was none. */
  public boolean runOne() {
    Runnable task = next0();
    if (task != null) {
      task.run();
    }
    return task != null;
  }

  /** Cancels what is scheduled, as a loop that ends does. */
  public void cancelTimers() {
    cancelScheduledTasks();
    run();
  }

  /** Moves the time on, as while a task blocks the loop. */
  public void passTime(Duration by) {
    ticker.advance(by.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Lets time pass in which the loop runs nothing: it is late for what is due. */
  public void pass(Duration time) {
    ticker.advance(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  public boolean isQuiet() {
    return tasks.isEmpty() && nextScheduledTaskNano() < 0;
  }

  /** How many timers are due within a day; they are gone afterwards. */
  public int takeTimers() {
    ticker.advance(1, TimeUnit.DAYS);
    int count = 0;
    while (pollScheduledTask(ticker.nanoTime()) != null) {
      count++;
    }
    return count;
  }

  public boolean hasTimer() {
    return nextScheduledTaskNano() >= 0;
  }

  @Override
  public Ticker ticker() {
    return ticker;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

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
    return register(new DefaultChannelPromise(channel, this));
  }

  @Override
  public ChannelFuture register(ChannelPromise promise) {
    promise.channel().unsafe().register(this, promise);
    return promise;
  }

  @Override
  @Deprecated
  public ChannelFuture register(Channel channel, ChannelPromise promise) {
    channel.unsafe().register(this, promise);
    return promise;
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
}
