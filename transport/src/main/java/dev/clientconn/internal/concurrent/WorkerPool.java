// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.concurrent;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Runs listeners on threads that it adds only when tasks wait and no thread is waking up. A cached
 * pool wakes a thread for every task, and an event loop that has just read a hundred responses
 * would wake a hundred. Here at most one worker is being woken at a time; after taking a task it
 * wakes the next if the queue is not empty. So a task waits for a thread to wake, never for another
 * task to end.
 */
@CrossesThreads
final class WorkerPool implements Executor {

  private static final Logger logger = Logger.getLogger(WorkerPool.class.getName());

  private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  /** The last to park is the first to wake: its caches are warm, and the others may time out. */
  private final ConcurrentLinkedDeque<Worker> idle = new ConcurrentLinkedDeque<>();
  /**
   * Whether a worker is being woken or started. The thread that sets it wakes one, and that worker
   * clears it.
   */
  private final AtomicBoolean waking = new AtomicBoolean();

  private final ThreadFactory threads;
  private volatile long keepAliveNanos;
  /**
   * New with every {@link #keepAlive}: a worker of an earlier one ends as soon as it has no task.
   */
  private volatile Object generation = new Object();

  WorkerPool(ThreadFactory threads) {
    this.threads = threads;
  }

  /**
   * Sets how long an idle thread is kept, and ends the threads that exist: idle ones now, the
   * others after their task. A thread retains the context class loader it was started under, so
   * none may run tasks of the application that comes next. Calls must not overlap.
   *
   * @param nanos nanoseconds; with 0 threads end when there is nothing to do
   */
  void keepAlive(long nanos) {
    keepAliveNanos = nanos;
    generation = new Object();
    for (Worker worker = idle.pollFirst(); worker != null; worker = idle.pollFirst()) {
      worker.end();
    }
  }

  /** Throws what a new thread's start throws, if the task has to do without one. */
  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    try {
      wakeWorker();
    } catch (RuntimeException | Error e) {
      if (tasks.remove(task)) {
        throw e;
      }
    }
  }

  private void wakeWorker() {
    if (!waking.get() && waking.compareAndSet(false, true)) {
      Worker worker = idle.pollFirst();
      if (worker == null) {
        startWorker();
      } else {
        worker.wake();
      }
    }
  }

  private void startWorker() {
    try {
      new Worker().thread.start();
    } catch (RuntimeException | Error e) {
      waking.set(false);
      throw e;
    }
  }

  private final class Worker implements Runnable {
    private final Thread thread = threads.newThread(this);
    private final Object startedIn = generation;
    private volatile boolean woken;
    private volatile boolean ended;

    void wake() {
      woken = true;
      LockSupport.unpark(thread);
    }

    /** Only for a worker that was taken out of the idle queue. */
    void end() {
      ended = true;
      LockSupport.unpark(thread);
    }

    @Override
    public void run() {
      boolean justWoken = true;
      while (true) {
        Runnable task = tasks.poll();
        if (justWoken) {
          justWoken = false;
          waking.set(false);
          runGuarded(this::wakeNextWorker);
        }
        if (task != null) {
          runGuarded(task);
          if (startedIn != generation) {
            runGuarded(this::wakeNextWorker);
            return;
          }
        } else if (tasks.isEmpty()) {
          if (startedIn != generation || !park()) {
            return;
          }
          justWoken = true;
        }
      }
    }

    private void wakeNextWorker() {
      if (!tasks.isEmpty()) {
        wakeWorker();
      }
    }

    /** Returns whether it was woken for a task; otherwise the thread ends. */
    private boolean park() {
      woken = false;
      idle.addFirst(this);
      // A task may have arrived after the queue was found empty and before this worker was idle.
      runGuarded(this::wakeNextWorker);
      long deadline = System.nanoTime() + keepAliveNanos;
      while (!woken) {
        if (ended) {
          return false;
        }
        long left = startedIn != generation ? 0 : deadline - System.nanoTime();
        if (left <= 0) {
          // A worker that is no longer in the queue is being woken, and will read it in a moment.
          if (idle.remove(this)) {
            return false;
          }
          Thread.onSpinWait();
        } else {
          LockSupport.parkNanos(WorkerPool.this, left);
        }
      }
      return true;
    }

    private void runGuarded(Runnable task) {
      try {
        task.run();
      } catch (Throwable t) {
        logger.log(Level.SEVERE, "A task of a channel's executor failed", t);
      }
    }
  }
}
