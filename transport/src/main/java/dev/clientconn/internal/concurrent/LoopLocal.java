// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.concurrent;

import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds one object for each thread that Netty has created, its event loops above all. A look-up is
 * an array read. Other threads have no object: many come and go, and virtual ones once for each
 * task.
 */
public final class LoopLocal<T> {
  private final FastThreadLocal<T> objects;

  /**
   * @param create makes the object of a thread, when that first asks for it
   */
  public LoopLocal(Supplier<T> create) {
    this.objects = new FastThreadLocal<>() {
      @Override
      protected T initialValue() {
        return create.get();
      }
    };
  }

  /** Returns the object of this thread, {@code null} if the thread is not one of Netty's. */
  public @Nullable T get() {
    return Thread.currentThread() instanceof FastThreadLocalThread ? objects.get() : null;
  }
}
