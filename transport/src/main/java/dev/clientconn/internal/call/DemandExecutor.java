// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * Counts the messages that the application has requested and not received. Any thread adds, the
 * call's executor takes. That messages wait for demand is one value of the same number: the thread
 * that adds to it then knows that it has to wake the executor, and no wake-up can be lost. Like its
 * superclass it is part of {@link CallListenerExecutor} to save each call an object.
 */
@CrossesThreads
abstract class DemandExecutor extends CallExecutor {
  /** No demand, and messages wait for it. */
  private static final int STARVED = -1;

  /** No demand any more, whatever is requested. */
  private static final int STOPPED = -2;

  /** The same, and messages waited for it. */
  private static final int STOPPED_STARVED = -3;

  /** Unbounded: never decremented. */
  private static final int UNLIMITED = Integer.MAX_VALUE;

  private static final AtomicIntegerFieldUpdater<DemandExecutor> DEMAND =
      AtomicIntegerFieldUpdater.newUpdater(DemandExecutor.class, "demand");

  private volatile int demand;

  DemandExecutor(Executor executor) {
    super(executor);
  }

  /** Adds to the demand. Returns whether messages waited for it: the caller must deliver them. */
  final boolean countDemand(int messages) {
    for (; ; ) {
      int before = demand;
      if (before <= STOPPED) {
        return false;
      }
      int after = messages + Math.min(Math.max(before, 0), UNLIMITED - messages);
      if (DEMAND.compareAndSet(this, before, after)) {
        return before == STARVED;
      }
    }
  }

  /** Takes one from the demand, or records that a message waits if there is none. */
  final boolean takeDemand() {
    for (; ; ) {
      int before = demand;
      if (before < 0) {
        return false;
      }
      if (before == UNLIMITED) {
        return true;
      }
      int after = before == 0 ? STARVED : before - 1;
      if (DEMAND.compareAndSet(this, before, after)) {
        return before > 0;
      }
    }
  }

  /**
   * Ends the demand for good: a task that delivers messages at this moment delivers no other one.
   * Any thread.
   */
  final void stopDemand() {
    DEMAND.updateAndGet(
        this, before -> before == STARVED || before == STOPPED_STARVED ? STOPPED_STARVED : STOPPED);
  }

  final boolean hasDemand() {
    return demand > 0;
  }

  /** Whether messages wait for demand. */
  final boolean isStarved() {
    int now = demand;
    return now == STARVED || now == STOPPED_STARVED;
  }
}
