// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Things that wait to be used again. The newest goes first: it is the likeliest to be in a cache still. */
@CrossesThreads
final class FreeList<T> {

  /** One thing at rest, and how many there are from here on. Never used twice, so that no CAS mistakes it. */
  private static final class Resting<T> {
    final T thing;
    final @Nullable Resting<T> below;
    final int depth;

    Resting(T thing, @Nullable Resting<T> below, int depth) {
      this.thing = thing;
      this.below = below;
      this.depth = depth;
    }
  }

  private final int most;
  private final AtomicReference<@Nullable Resting<T>> top = new AtomicReference<>();

  /**
   * @param most how many may rest here; more are forgotten
   */
  FreeList(int most) {
    this.most = most;
  }

  @Nullable
  T take() {
    while (true) {
      Resting<T> seen = top.get();
      if (seen == null || top.compareAndSet(seen, seen.below)) {
        return seen == null ? null : seen.thing;
      }
    }
  }

  /** The giver must have dropped its reference, and so must all whom it lent it to. */
  void add(T thing) {
    while (true) {
      Resting<T> seen = top.get();
      int depth = seen == null ? 0 : seen.depth;
      if (depth >= most || top.compareAndSet(seen, new Resting<>(thing, seen, depth + 1))) {
        return;
      }
    }
  }

  int size() {
    Resting<T> seen = top.get();
    return seen == null ? 0 : seen.depth;
  }
}
