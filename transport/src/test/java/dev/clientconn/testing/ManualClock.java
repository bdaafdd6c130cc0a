// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.testing;

import io.grpc.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs timers when a test moves its time, on the test's thread. Tasks without a delay run at once.
 */
public final class ManualClock extends AbstractExecutorService implements ScheduledExecutorService {

  private final List<Timer<?>> timers = new ArrayList<>();
  private long now = 1_000_000;

  /** Whether new timers are rejected, as by an executor that is shut down. */
  public boolean rejects;

  public final Deadline.Ticker ticker = new Deadline.Ticker() {
    @Override
    public long nanoTime() {
      return now;
    }
  };

  public long nanoTime() {
    return now;
  }

  public Deadline deadlineAfter(long duration, TimeUnit unit) {
    return Deadline.after(duration, unit, ticker);
  }

  public void advance(long duration, TimeUnit unit) {
    advance(Duration.of(duration, unit.toChronoUnit()));
  }

  /** Moves the time, and runs each timer that comes due at its own time. */
  public void advance(Duration by) {
    long end = now + by.toNanos();
    for (Timer<?> due = next(end); due != null; due = next(end)) {
      timers.remove(due);
      now = Math.max(now, due.at);
      due.run();
    }
    now = end;
  }

  private @Nullable Timer<?> next(long end) {
    return timers.stream()
        .filter(timer -> timer.at <= end)
        .min(Comparator.comparingLong(timer -> timer.at))
        .orElse(null);
  }

  /** Counts the timers that neither ran nor were cancelled. */
  public int pendingTimers() {
    return timers.size();
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    return schedule(Executors.callable(command), delay, unit);
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    if (rejects) {
      throw new RejectedExecutionException("shut down");
    }
    Timer<V> timer = new Timer<>(callable, now + unit.toNanos(delay));
    timers.add(timer);
    return timer;
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    throw new UnsupportedOperationException("scheduleAtFixedRate");
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
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
