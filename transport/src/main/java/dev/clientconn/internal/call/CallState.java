// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.transport.ClientStream;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Where a call stands, in one atomic reference, so that of opening, cancelling and ending exactly
 * one wins: {@code null} before it opens, the {@link CallAttempt} that is opening, its
 * {@link ClientStream} once started, the {@link Status} it was cancelled with while the stream has
 * yet to confirm, and at last {@link #ENDED}.
 */
@CrossesThreads
final class CallState {
  static final Object ENDED = new Object();

  private static final AtomicReferenceFieldUpdater<CallState, @Nullable Object> STATE =
      AtomicReferenceFieldUpdater.newUpdater(CallState.class, Object.class, "state");

  private volatile @Nullable Object state;
  private volatile @Nullable CallAttempt bound;

  /** The attempt that has a stream, from just before the stream starts. */
  @Nullable
  CallAttempt bound() {
    return bound;
  }

  void bind(@Nullable CallAttempt attempt) {
    bound = attempt;
  }

  boolean open(CallAttempt first) {
    return STATE.compareAndSet(this, null, first);
  }

  boolean isOpening(CallAttempt attempt) {
    return state == attempt;
  }

  boolean isOver() {
    Object now = state;
    return now == ENDED || now instanceof Status;
  }

  /** Returns whether the stream is still wanted; it is not where a cancel came between. */
  boolean started(CallAttempt attempt, ClientStream stream) {
    return STATE.compareAndSet(this, attempt, stream) || !isOver();
  }

  /** Puts another attempt in the place of one whose stream has ended, unless the call is over. */
  boolean reopen(CallAttempt next) {
    for (; ; ) {
      Object before = state;
      if (before == ENDED || before instanceof Status) {
        return false;
      }
      if (STATE.compareAndSet(this, before, next)) {
        return true;
      }
    }
  }

  /** Ends a call that has no stream yet. Returns whether the caller is the one to close it. */
  boolean endOpening(CallAttempt attempt) {
    return STATE.compareAndSet(this, attempt, ENDED);
  }

  /** Ends the call for good. Returns what it was before. */
  @Nullable
  Object end() {
    return STATE.getAndSet(this, ENDED);
  }

  /**
   * Cancels: a started stream will confirm, anything earlier has ended at once. Returns what it was
   * before.
   */
  @Nullable
  Object cancel(Status reason) {
    for (; ; ) {
      Object before = state;
      if (before == ENDED || before instanceof Status) {
        return before;
      }
      Object after = before instanceof ClientStream ? reason : ENDED;
      if (STATE.compareAndSet(this, before, after)) {
        return before;
      }
    }
  }
}
