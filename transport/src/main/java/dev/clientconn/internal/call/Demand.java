// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * How many messages the application has asked for and not been given. Any thread adds, the call's
 * executor takes. Whether messages wait for demand is part of the same number, so neither side can
 * miss the other.
 */
@CrossesThreads
final class Demand {
  /** Nothing is asked for, and messages are waiting. */
  private static final int STARVED = -1;

  /** Asked for by who wants all there will be; never counts down. */
  private static final int UNLIMITED = Integer.MAX_VALUE;

  private static final AtomicIntegerFieldUpdater<Demand> COUNT =
      AtomicIntegerFieldUpdater.newUpdater(Demand.class, "count");

  private volatile int count;

  /**
   * Asks for more. Returns whether messages were waiting: then the caller sees to it that they are
   * delivered.
   */
  boolean add(int messages) {
    for (; ; ) {
      int before = count;
      int after = messages + Math.min(Math.max(before, 0), UNLIMITED - messages);
      if (COUNT.compareAndSet(this, before, after)) {
        return before == STARVED;
      }
    }
  }

  /** Takes one, or notes that a message waits. */
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
}
