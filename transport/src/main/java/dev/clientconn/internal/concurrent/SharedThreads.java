// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.concurrent;

import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Shares one pool and one timer among the channels of the JVM that have none of their own. Channels
 * are counted: no thread is left for long after the last one has terminated.
 */
@CrossesThreads
public final class SharedThreads {
  private static final SharedThreads JVM = new SharedThreads(SharedResource.LINGER_NANOS);
  private static final long KEEP_ALIVE_SECONDS = 60;

  /**
   * Never shut down, so that the last callback of a listener can always run: without a channel it
   * only stops retaining idle threads.
   */
  private final WorkerPool pool =
      new WorkerPool(new DaemonThreads("clientconn-executor-", new AtomicInteger()));

  private final SharedResource<ScheduledThreadPoolExecutor> timers;

  /** For {@link #JVM} and for tests. */
  SharedThreads(long lingerNanos) {
    timers = new SharedResource<>(new PoolAndTimer(pool), lingerNanos, System::nanoTime);
  }

  /** Acquires the threads of one channel; the executors given take the place of the shared pool. */
  public static ChannelThreads lease(
      @Nullable Executor executor, @Nullable Executor offloadExecutor) {
    return JVM.newLease(executor, offloadExecutor);
  }

  ChannelThreads newLease(@Nullable Executor executor, @Nullable Executor offloadExecutor) {
    ScheduledExecutorService acquired = timers.acquire();
    AtomicBoolean released = new AtomicBoolean();
    return new ChannelThreads(
        executor == null ? pool : executor,
        offloadExecutor == null ? pool : offloadExecutor,
        acquired,
        System::nanoTime,
        () -> {
          if (released.compareAndSet(false, true)) {
            timers.release();
          }
        });
  }

  /** Makes and ends the timer. The pool retains idle threads while there is one. */
  private record PoolAndTimer(WorkerPool pool)
      implements SharedResource.Kind<ScheduledThreadPoolExecutor> {
    @Override
    public ScheduledThreadPoolExecutor create() {
      pool.keepAlive(TimeUnit.SECONDS.toNanos(KEEP_ALIVE_SECONDS));
      ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(
          1, new DaemonThreads("clientconn-timer", null), new ThreadPoolExecutor.DiscardPolicy());
      timers.setRemoveOnCancelPolicy(true);
      return timers;
    }

    @Override
    public void schedule(ScheduledThreadPoolExecutor timers, Runnable task, long delayNanos) {
      var unused = timers.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void end(ScheduledThreadPoolExecutor timers) {
      timers.shutdownNow();
      pool.keepAlive(0);
    }
  }

  private record DaemonThreads(String name, @Nullable AtomicInteger number)
      implements ThreadFactory {
    @Override
    public Thread newThread(Runnable task) {
      Thread thread = new Thread(task, number == null ? name : name + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    }
  }
}
