// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Holds tasks until {@link #open}, then passes them to the call's executor. A {@link PendingCall}
 * thus delays the listener's events until the listener's own calls reach the real call.
 */
@CrossesThreads
final class HeldExecutor implements Executor {
  private final Executor executor;
  private List<Runnable> held = new ArrayList<>(1);
  private volatile boolean open;

  HeldExecutor(Executor executor) {
    this.executor = executor;
  }

  @Override
  public void execute(Runnable task) {
    if (open || !hold(task)) {
      executor.execute(task);
    }
  }

  private synchronized boolean hold(Runnable task) {
    if (open) {
      return false;
    }
    held.add(task);
    return true;
  }

  /** Passes on the held tasks and, from now on, every task at once. */
  void open() {
    for (Runnable task : openAndTake()) {
      try {
        executor.execute(task);
      } catch (Throwable t) {
        // The executor rejects work: these events are delivered here, and the next task, rejected
        // in the call's own executor, ends the call.
        task.run();
      }
    }
  }

  private synchronized List<Runnable> openAndTake() {
    open = true;
    List<Runnable> due = held;
    held = List.of();
    return due;
  }
}
