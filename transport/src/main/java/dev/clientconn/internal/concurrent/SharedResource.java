// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.concurrent;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Threads that users have in common, made for the first. They stay for a while after the last has let go, as the next
 * often comes at once, and then end. They watch over that themselves: nothing else is alive for it.
 */
@CrossesThreads
public final class SharedResource<T> {

  /** How long shared threads outlive their last user. */
  public static final long NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How to make the threads, to use their timer, and to end them. */
  public interface Kind<T> {
    T create();

    /** Runs the task on the threads themselves. */
    void schedule(T threads, Runnable task, long delayNanos);

    /** Does not wait; may run on one of the threads. */
    void end(T threads);
  }

  private final Kind<T> kind;
  private final long lingerNanos;
  private final LongSupplier nanoTime;
  private @Nullable T threads;
  private @Nullable ClassLoader maker;
  private int users;
  private long unusedSince;
  private boolean watched;

  /**
   * @param nanoTime the clock that tells how long they have been unused, nanoseconds
   */
  public SharedResource(Kind<T> kind, long lingerNanos, LongSupplier nanoTime) {
    this.kind = kind;
    this.lingerNanos = lingerNanos;
    this.nanoTime = nanoTime;
  }

  /** Becomes a user. Must {@link #release} once. */
  public synchronized T acquire() {
    ClassLoader user = Thread.currentThread().getContextClassLoader();
    if (users == 0 && user != maker) {
      // An application that was restarted must not run on threads that hold on to what it was
      // before.
      end();
    }
    T acquired = threads;
    if (acquired == null) {
      acquired = kind.create();
      threads = acquired;
      maker = user;
    }
    users++;
    return acquired;
  }

  /** Never throws: where no thread can be had to watch over them, they end at once. */
  public synchronized void release() {
    users--;
    if (users == 0) {
      unusedSince = nanoTime.getAsLong();
      // One look for many users that come and go: setting a timer for each would wake a thread.
      if (!watched) {
        lookAfter(lingerNanos);
      }
    }
  }

  private synchronized void look() {
    watched = false;
    if (users == 0) {
      long left = lingerNanos - (nanoTime.getAsLong() - unusedSince);
      if (left > 0) {
        lookAfter(left);
      } else {
        end();
      }
    }
  }

  private void lookAfter(long nanos) {
    if (threads == null) {
      return;
    }
    try {
      kind.schedule(threads, this::look, nanos);
      watched = true;
    } catch (RuntimeException | Error e) {
      end();
    }
  }

  private void end() {
    if (threads != null) {
      T ended = threads;
      threads = null;
      maker = null;
      watched = false;
      kind.end(ended);
    }
  }
}
