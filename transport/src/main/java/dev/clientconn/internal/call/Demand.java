// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * Counts the messages that the application has requested and not received. Any thread adds, the
 * call's executor takes. That messages wait for demand is one value of the same number: the thread
 * that adds to it then knows that it has to wake the executor, and no wake-up can be lost.
 */
@CrossesThreads
final class Demand {
  /** No demand, and messages wait for it. */
  private static final int STARVED = -1;

  /** Unbounded: never decremented. */
  private static final int UNLIMITED = Integer.MAX_VALUE;

  private static final AtomicIntegerFieldUpdater<Demand> COUNT =
      AtomicIntegerFieldUpdater.newUpdater(Demand.class, "count");

  private volatile int count;

  /** Adds to the demand. Returns whether messages waited for it: the caller must deliver them. */
  boolean add(int messages) {
    for (; ; ) {
      int before = count;
      int after = messages + Math.min(Math.max(before, 0), UNLIMITED - messages);
      if (COUNT.compareAndSet(this, before, after)) {
        return before == STARVED;
      }
    }
  }

  /** Takes one from the demand, or records that a message waits if there is none. */
  boolean take() {
    for (; ; ) {
      int before = count;
      if (before == STARVED) {
        return false;
      }
      if (before == UNLIMITED) {
        return true;
      }
      int after = before == 0 ? STARVED : before - 1;
      if (COUNT.compareAndSet(this, before, after)) {
        return before > 0;
      }
    }
  }

  boolean exists() {
    return count > 0;
  }

  /** Whether messages wait for demand. */
  boolean isStarved() {
    return count == STARVED;
  }
}
