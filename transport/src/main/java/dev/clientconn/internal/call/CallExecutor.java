// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.threading.CrossesThreads;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs the tasks of one call one after another, in order, on an executor that may have many threads or none.
 *
 * <p>A Treiber stack: pushing is one compare-and-set, and whoever finds it idle hands this object to the executor. An
 * executor that refuses must not leave the call hanging: the tasks then run on the thread that was refused.
 */
@CrossesThreads
abstract class CallExecutor implements Runnable {
  private static final Logger log = Logger.getLogger(CallExecutor.class.getName());
  private static final AtomicReferenceFieldUpdater<CallExecutor, @Nullable CallTask> NEWEST =
      AtomicReferenceFieldUpdater.newUpdater(CallExecutor.class, CallTask.class, "newest");

  /** Bottom of the stack while tasks run: nothing is queued, but nobody else may start. */
  private static final CallTask RUNNING = new CallTask() {
    @Override
    public void run() {}
  };

  private final Executor executor;
  private volatile @Nullable CallTask newest;

  CallExecutor(Executor executor) {
    this.executor = executor;
  }

  /** The executor refused; runs before the refused tasks, on the same thread, serialised with them. */
  abstract void onRejected(Throwable cause);

  final void execute(CallTask task) {
    CallTask below;
    do {
      below = newest;
      task.next = below;
    } while (!NEWEST.compareAndSet(this, below, task));
    if (below == null) {
      schedule();
    }
  }

  private void schedule() {
    try {
      executor.execute(this);
    } catch (RuntimeException | Error e) {
      onRejected(e);
      run();
    }
  }

  @Override
  public final void run() {
    do {
      runOldestFirst(NEWEST.getAndSet(this, RUNNING));
    } while (!NEWEST.compareAndSet(this, RUNNING, null));
  }

  private static void runOldestFirst(@Nullable CallTask top) {
    CallTask oldest = null;
    while (top != null && top != RUNNING) {
      CallTask below = top.next;
      top.next = oldest;
      oldest = top;
      top = below;
    }
    while (oldest != null) {
      CallTask following = oldest.next;
      oldest.next = null;
      runGuarded(oldest);
      oldest = following;
    }
  }

  private static void runGuarded(CallTask task) {
    try {
      task.run();
    } catch (Throwable t) {
      log.log(Level.SEVERE, "A task of a call failed; the call's listener may miss an event", t);
    }
  }
}
