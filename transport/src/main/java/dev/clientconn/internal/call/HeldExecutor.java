// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Holds the tasks of a call until it is opened, then passes them to the call's executor. So a
 * {@link PendingCall} keeps events from the listener until what the listener does reaches the real
 * call.
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

  /** Passes on what is held and, from now on, all that follows. */
  void open() {
    for (Runnable task : openAndTake()) {
      try {
        executor.execute(task);
      } catch (Throwable t) {
        // The executor refuses work: the events that are due are delivered here, and the next one
        // ends the call.
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
