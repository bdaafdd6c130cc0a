// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import io.grpc.Deadline;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Advances time only when a test says so: a ticker for deadlines, and an executor of timers. */
public final class ManualClock extends AbstractExecutorService implements ScheduledExecutorService {
  private final List<Timer> timers = new ArrayList<>();
  private long now = 1_000_000;
  public boolean rejects;

  public final Deadline.Ticker ticker = new Deadline.Ticker() {
    @Override
    public long nanoTime() {
      return now;
    }
  };

  public Deadline deadlineAfter(long duration, TimeUnit unit) {
    return Deadline.after(duration, unit, ticker);
  }

  /** Advances the time and runs each timer that becomes due, at its own time. */
  public void advance(long duration, TimeUnit unit) {
    long until = now + unit.toNanos(duration);
    for (; ; ) {
      timers.removeIf(Timer::isCancelled);
      Timer next = timers.stream().min(Comparator.naturalOrder()).orElse(null);
      if (next == null || next.due > until) {
        break;
      }
      timers.remove(next);
      now = Math.max(now, next.due);
      next.run();
    }
    now = until;
  }

  public int pendingTimers() {
    timers.removeIf(Timer::isCancelled);
    return timers.size();
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    if (rejects) {
      throw new RejectedExecutionException("shut down");
    }
    Timer timer = new Timer(command, now + unit.toNanos(delay));
    timers.add(timer);
    return timer;
  }

  @Override
  public void execute(Runnable command) {
    command.run();
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException();
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
    return true;
  }

  private final class Timer extends FutureTask<Void> implements ScheduledFuture<Void> {
    private final long due;

    Timer(Runnable command, long due) {
      super(command, null);
      this.due = due;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(due - now, TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(due, ((Timer) other).due);
    }
  }
}
