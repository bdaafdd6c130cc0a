// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Wraps the channel's timers for resolvers and policies, which may schedule but not shut down. */
public final class ProtectedTimers extends AbstractExecutorService
    implements ScheduledExecutorService {
  private final ScheduledExecutorService timers;

  public ProtectedTimers(ScheduledExecutorService timers) {
    this.timers = timers;
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    return timers.schedule(command, delay, unit);
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    return timers.schedule(callable, delay, unit);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    return timers.scheduleAtFixedRate(command, initialDelay, period, unit);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    return timers.scheduleWithFixedDelay(command, initialDelay, delay, unit);
  }

  @Override
  public void execute(Runnable command) {
    timers.execute(command);
  }

  @Override
  public void shutdown() {
    throw refused("shutdown");
  }

  @Override
  public List<Runnable> shutdownNow() {
    throw refused("shutdownNow");
  }

  @Override
  public boolean isShutdown() {
    return timers.isShutdown();
  }

  @Override
  public boolean isTerminated() {
    return timers.isTerminated();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    throw refused("awaitTermination");
  }

  private static UnsupportedOperationException refused(String method) {
    return new UnsupportedOperationException("ScheduledExecutorService." + method
        + ": the timers belong to the channel, which ends them itself");
  }
}
