// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.testing;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Holds tasks until the test runs them. */
public final class ManualExecutor implements Executor {
  public final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  public boolean rejects;

  @Override
  public void execute(Runnable task) {
    if (rejects) {
      throw new RejectedExecutionException("full");
    }
    tasks.add(task);
  }

  /** Returns how many tasks ran, including those that they have added. */
  public int runAll() {
    int count = 0;
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
      count++;
    }
    return count;
  }
}
