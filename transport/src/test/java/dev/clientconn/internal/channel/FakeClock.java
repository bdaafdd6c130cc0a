// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Timers whose time is moved by hand; tasks run on the thread that moves it. */
public final class FakeClock extends AbstractExecutorService implements ScheduledExecutorService {
  private final List<Timer<?>> timers = new ArrayList<>();
  private long now = 1_000_000;

  public long nanoTime() {
    return now;
  }

  public void advance(Duration by) {
    long end = now + by.toNanos();
    Timer<?> due = next(end);
    while (due != null) {
      timers.remove(due);
      now = Math.max(now, due.at);
      due.run();
      due = next(end);
    }
    now = end;
  }

  public int pending() {
    return timers.size();
  }

  private @org.jspecify.annotations.Nullable Timer<?> next(long end) {
    return timers.stream()
        .filter(timer -> timer.at <= end)
        .min(Comparator.comparingLong(timer -> timer.at))
        .orElse(null);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    return schedule(Executors.callable(command), delay, unit);
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    Timer<V> timer = new Timer<>(callable, now + unit.toNanos(delay));
    timers.add(timer);
    return timer;
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initial, long period, TimeUnit unit) {
    throw new UnsupportedOperationException("scheduleAtFixedRate");
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initial, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException("scheduleWithFixedDelay");
  }

  @Override
  public void execute(Runnable command) {
    command.run();
  }

  @Override
  public void shutdown() {}

  @Override
  public List<Runnable> shutdownNow() {
    return List.of();
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

  private final class Timer<V> extends FutureTask<V> implements ScheduledFuture<V> {
    private final long at;

    Timer(Callable<V> task, long at) {
      super(task);
      this.at = at;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(at - now, TimeUnit.NANOSECONDS);
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
      timers.remove(this);
      return super.cancel(mayInterrupt);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
  }
}
