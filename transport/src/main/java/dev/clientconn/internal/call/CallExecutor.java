// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs the tasks of one call one after another, in order, on an executor that may have many threads or none.
 *
 * <p>A Treiber stack: pushing is one compare-and-set, and whoever finds it empty hands this object to the executor. The
 * tasks of an executor that throws run on the thread that queued them; an executor that runs this object twice finds
 * nothing to run the second time.
 */
@CrossesThreads
abstract class CallExecutor implements Runnable {
  private static final Logger log = Logger.getLogger(CallExecutor.class.getName());
  private static final AtomicReferenceFieldUpdater<CallExecutor, @Nullable CallTask> NEWEST =
      AtomicReferenceFieldUpdater.newUpdater(CallExecutor.class, CallTask.class, "newest");

  /** Bottom of the stack while tasks run: nothing is queued, but no other thread may start. */
  private static final CallTask RUNNING = bottom();

  /** The executor is scheduled, but its tasks were taken back: it is not scheduled again. */
  private static final CallTask SCHEDULED = bottom();

  static {
    RUNNING.behindRunner = true;
  }

  private static CallTask bottom() {
    return new CallTask() {
      @Override
      public void run() {}
    };
  }

  private final Executor executor;
  private volatile @Nullable CallTask newest;

  CallExecutor(Executor executor) {
    this.executor = executor;
  }

  /** The executor threw; called before the queued tasks, on the same thread, serialised with them. */
  abstract void onRejected(Throwable cause);

  /** A task threw, which none is meant to: ends the call. Called in place of the rest of the task. */
  abstract void onFailed(Throwable cause);

  final void execute(CallTask task) {
    CallTask below;
    do {
      below = newest;
      task.next = below;
      task.behindRunner = below != null && below.behindRunner;
    } while (!NEWEST.compareAndSet(this, below, task));
    if (below == null) {
      schedule();
    }
  }

  /** The task that was queued last, if any waits. */
  final @Nullable CallTask newest() {
    return newest;
  }

  /** Takes back the task that was queued last: it can be queued again. Returns false if it has been taken to run. */
  final boolean takeBack(CallTask task) {
    if (newest != task) {
      return false;
    }
    CallTask below = task.next;
    return NEWEST.compareAndSet(this, task, below == null ? SCHEDULED : below);
  }

  private void schedule() {
    try {
      executor.execute(this);
    } catch (Throwable t) {
      CallTask top = claim();
      // Unless it has run the tasks, or has begun to, and threw all the same.
      if (top != null) {
        guarded(() -> onRejected(t));
        runFrom(top);
      }
    }
  }

  @Override
  public final void run() {
    CallTask top = claim();
    if (top != null) {
      runFrom(top);
    }
  }

  /** Takes what is queued and the right to run tasks; {@code null} if nothing is, or another thread has that right. */
  private @Nullable CallTask claim() {
    CallTask top;
    do {
      top = newest;
      if (top == null || top.behindRunner) {
        return null;
      }
    } while (!NEWEST.compareAndSet(this, top, RUNNING));
    return top;
  }

  private void runFrom(CallTask top) {
    runOldestFirst(top);
    while (!NEWEST.compareAndSet(this, RUNNING, null)) {
      runOldestFirst(NEWEST.getAndSet(this, RUNNING));
    }
  }

  private void runOldestFirst(@Nullable CallTask top) {
    CallTask oldest = null;
    while (top != null && top != RUNNING && top != SCHEDULED) {
      CallTask below = top.next;
      top.next = oldest;
      oldest = top;
      top = below;
    }
    while (oldest != null) {
      CallTask following = oldest.next;
      oldest.next = null;
      runOrFail(oldest);
      oldest = following;
    }
  }

  private void runOrFail(CallTask task) {
    try {
      task.run();
    } catch (Throwable t) {
      log.log(Level.SEVERE, "A task of a call failed; the call ends", t);
      guarded(() -> onFailed(t));
    }
  }

  private static void guarded(Runnable last) {
    try {
      last.run();
    } catch (Throwable t) {
      log.log(Level.SEVERE, "A call could not be ended; its listener may miss the end", t);
    }
  }
}
