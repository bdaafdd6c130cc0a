// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.threading.CrossesThreads;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * How many messages the application has asked for and not been given. Any thread adds, the call's executor takes.
 * Whether messages wait for demand is part of the same number, so neither side can miss the other.
 */
@CrossesThreads
final class Demand {
  /** Nothing is asked for, and messages are waiting. */
  private static final long STARVED = -1;

  private static final AtomicLongFieldUpdater<Demand> COUNT =
      AtomicLongFieldUpdater.newUpdater(Demand.class, "count");

  private volatile long count;

  /** Asks for more. Returns whether messages were waiting: then the caller sees to it that they are delivered. */
  boolean add(int messages) {
    for (; ; ) {
      long before = count;
      long after = before == STARVED ? messages : before + messages;
      if (COUNT.compareAndSet(this, before, after)) {
        return before == STARVED;
      }
    }
  }

  /** Takes one, or notes that a message waits. */
  boolean take() {
    for (; ; ) {
      long before = count;
      if (before == STARVED) {
        return false;
      }
      long after = before == 0 ? STARVED : before - 1;
      if (COUNT.compareAndSet(this, before, after)) {
        return before > 0;
      }
    }
  }

  boolean exists() {
    return count > 0;
  }
}
