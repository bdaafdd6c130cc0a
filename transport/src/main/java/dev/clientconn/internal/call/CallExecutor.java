// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs the tasks of one call one after another, in order, on an executor that may have many threads
 * or none. Knows nothing of calls: the subclass runs a task and ends the call if one fails. It is
 * the superclass, and not a part, of {@link CallListenerExecutor} to save each call an object.
 *
 * <p>The queue is a Treiber stack: a push is one compare-and-set, and the thread that pushes onto
 * an empty stack passes this object to the user's executor. If that executor throws, the tasks run
 * on the thread that queued them; if it runs this object twice, the second run finds nothing to do.
 */
@CrossesThreads
abstract class CallExecutor implements Runnable {

  /** A task with its own link in the stack, which saves a node; queue it only once at a time. */
  static class Task {
    @Nullable
    Task next;

    /** Whether it was queued while another task of its call ran. Set before it is published. */
    boolean behindRunner;
  }

  private static final Logger log = Logger.getLogger(CallExecutor.class.getName());
  private static final AtomicReferenceFieldUpdater<CallExecutor, @Nullable Task> NEWEST =
      AtomicReferenceFieldUpdater.newUpdater(CallExecutor.class, Task.class, "newest");

  /** Bottom of the stack while tasks run: nothing is queued, but no other thread may start. */
  private static final Task RUNNING = new Task();

  /** The executor is scheduled, but its tasks were taken back: it is not scheduled again. */
  private static final Task SCHEDULED = new Task();

  static {
    RUNNING.behindRunner = true;
  }

  private final Executor executor;
  private volatile @Nullable Task newest;

  CallExecutor(Executor executor) {
    this.executor = executor;
  }

  /** Runs a task; never two of them at a time. */
  abstract void runTask(Task task);

  /** All tasks have run that were queued. Called before another thread can see that. */
  void onIdle() {}

  /** The executor threw. Runs before the queued tasks, on the same thread, serialised with them. */
  abstract void onRejected(Throwable cause);

  /** A task threw, which is a defect: ends the call. Runs in place of the rest of the task. */
  abstract void onFailed(Throwable cause);

  final void execute(Task task) {
    Task below;
    do {
      below = newest;
      task.next = below;
      task.behindRunner = below != null && below.behindRunner;
    } while (!NEWEST.compareAndSet(this, below, task));
    if (below == null) {
      schedule();
    }
  }

  /** Whether tasks are waiting or running. */
  final boolean isBusy() {
    return newest != null;
  }

  /** The task that was queued last, if any is waiting. */
  final @Nullable Task newest() {
    return newest;
  }

  /**
   * Removes the task that was queued last, which can then be queued again. Returns false if a newer
   * one is queued or the task has been claimed to run.
   */
  final boolean takeBack(Task task) {
    if (newest != task) {
      return false;
    }
    Task below = task.next;
    return NEWEST.compareAndSet(this, task, below == null ? SCHEDULED : below);
  }

  private void schedule() {
    try {
      executor.execute(this);
    } catch (Throwable t) {
      Task top = claim();
      // Nothing is left where it ran the tasks, or began to, and threw nevertheless.
      if (top != null) {
        guarded(() -> onRejected(t));
        runFrom(top);
      }
    }
  }

  @Override
  public final void run() {
    Task top = claim();
    if (top != null) {
      runFrom(top);
    }
  }

  /**
   * Claims the queued tasks and the right to run tasks. Returns {@code null} if nothing is queued
   * or another thread has that right.
   */
  private @Nullable Task claim() {
    Task top;
    do {
      top = newest;
      if (top == null || top.behindRunner) {
        return null;
      }
    } while (!NEWEST.compareAndSet(this, top, RUNNING));
    return top;
  }

  private void runFrom(Task top) {
    runOldestFirst(top);
    onIdle();
    while (!NEWEST.compareAndSet(this, RUNNING, null)) {
      runOldestFirst(NEWEST.getAndSet(this, RUNNING));
      onIdle();
    }
  }

  private void runOldestFirst(@Nullable Task top) {
    Task oldest = null;
    while (top != null && top != RUNNING && top != SCHEDULED) {
      Task below = top.next;
      top.next = oldest;
      oldest = top;
      top = below;
    }
    while (oldest != null) {
      Task following = oldest.next;
      oldest.next = null;
      runOrFail(oldest);
      oldest = following;
    }
  }

  private void runOrFail(Task task) {
    try {
      runTask(task);
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
