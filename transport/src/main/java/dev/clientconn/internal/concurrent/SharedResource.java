// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.concurrent;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts the users of shared threads, creates them for the first user and ends them a short delay
 * after the last has released them: the next user often follows at once. The delay is scheduled on
 * the shared threads themselves, as no other thread exists for it.
 */
@CrossesThreads
public final class SharedResource<T> {

  /** How long shared threads outlive their last user. */
  public static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Creates the threads, uses their timer, and ends them. */
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
  private @Nullable ClassLoader creator;
  private int users;
  private long unusedSince;
  private boolean checkScheduled;

  /**
   * @param lingerNanos how long they outlive the last user
   * @param nanoTime the clock, nanoseconds
   */
  public SharedResource(Kind<T> kind, long lingerNanos, LongSupplier nanoTime) {
    this.kind = kind;
    this.lingerNanos = lingerNanos;
    this.nanoTime = nanoTime;
  }

  /** Acquires a reference, which must be {@link #release}d once. */
  public synchronized T acquire() {
    ClassLoader user = Thread.currentThread().getContextClassLoader();
    if (users == 0 && user != creator) {
      // A restarted application must not run on threads that retain the class loader of its
      // predecessor.
      end();
    }
    T acquired = threads;
    if (acquired == null) {
      acquired = kind.create();
      threads = acquired;
      creator = user;
    }
    users++;
    return acquired;
  }

  /**
   * Releases a reference. Never throws: if the delay cannot be scheduled, the threads end at once.
   */
  public synchronized void release() {
    users--;
    if (users == 0) {
      unusedSince = nanoTime.getAsLong();
      // One check serves many users in a row: scheduling one for each would wake a thread.
      if (!checkScheduled) {
        scheduleCheck(lingerNanos);
      }
    }
  }

  private synchronized void endIfUnused() {
    checkScheduled = false;
    if (users == 0) {
      long left = lingerNanos - (nanoTime.getAsLong() - unusedSince);
      if (left > 0) {
        scheduleCheck(left);
      } else {
        end();
      }
    }
  }

  private void scheduleCheck(long nanos) {
    if (threads == null) {
      return;
    }
    try {
      kind.schedule(threads, this::endIfUnused, nanos);
      checkScheduled = true;
    } catch (RuntimeException | Error e) {
      end();
    }
  }

  private void end() {
    if (threads != null) {
      T ended = threads;
      threads = null;
      creator = null;
      checkScheduled = false;
      kind.end(ended);
    }
  }
}
