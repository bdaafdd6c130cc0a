// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Keeps pooled objects in a lock-free stack. Last in, first out: the newest is most likely still in
 * a CPU cache.
 */
@CrossesThreads
final class FreeList<T> {

  /**
   * One pooled object, and the number of objects from it downwards. A node is never reused:
   * otherwise a compare-and-set could succeed on a stack that has changed (the ABA problem).
   */
  private static final class Node<T> {
    final T object;
    final @Nullable Node<T> below;
    final int depth;

    Node(T object, @Nullable Node<T> below, int depth) {
      this.object = object;
      this.below = below;
      this.depth = depth;
    }
  }

  private final int most;
  private final AtomicReference<@Nullable Node<T>> top = new AtomicReference<>();

  /**
   * @param most largest number of objects; further ones are left to the collector
   */
  FreeList(int most) {
    this.most = most;
  }

  /** Removes and returns the newest object, {@code null} if there is none. Any thread. */
  @Nullable
  T take() {
    while (true) {
      Node<T> seen = top.get();
      if (seen == null || top.compareAndSet(seen, seen.below)) {
        return seen == null ? null : seen.object;
      }
    }
  }

  /** Adds an object that is no longer in use. Any thread. */
  void add(T object) {
    while (true) {
      Node<T> seen = top.get();
      int depth = seen == null ? 0 : seen.depth;
      if (depth >= most || top.compareAndSet(seen, new Node<>(object, seen, depth + 1))) {
        return;
      }
    }
  }

  int size() {
    Node<T> seen = top.get();
    return seen == null ? 0 : seen.depth;
  }
}
