// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.transport.ClientStream;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Decides which thread opens, cancels or ends a call, in one atomic reference.
 *
 * <pre>{@code
 *             open                 streamStarted
 *   null ------------> opening --------------------> stream
 *    |                 |  |  ^                        | |  |
 *    |                 |  |  +--------reopen----------+ |  |
 *    |                 |  |                             |  |
 *    | cancel          |  | end                     end |  | cancel
 *    |                 |  |                             |  v
 *    |          cancel |  |                             |  Status
 *    |      endOpening |  |                             |  |
 *    v                 v  v                             v  v end
 * NEVER_OPENED       ENDED <-------------------------------+
 * }</pre>
 *
 * <p>{@code null}: not opened. Opening: an attempt that asks for a transport, then for credentials,
 * or the backoff before the next attempt; {@code replaceOpening} changes one for the other. Stream:
 * it runs. {@link Status}: the call was cancelled with it, and its stream has yet to confirm that.
 *
 * <ul>
 *   <li>{@code open}: the application's thread, in {@code start} or in {@code halfClose}.
 *   <li>{@code streamStarted}: the thread that completed the last step of opening: the
 *       application's, the control plane's or the credentials'.
 *   <li>{@code endOpening}: whichever thread fails the step that the attempt waits for, the timers'
 *       at the deadline.
 *   <li>{@code replaceOpening}: the thread that failed such a step, and the timers' at the end of a
 *       backoff.
 *   <li>{@code reopen} and {@code end}: the event loop of the attempt's stream, when that has
 *   ended. It may come before {@code streamStarted}, which then changes nothing.
 *   <li>{@code cancel}: any thread.
 * </ul>
 *
 * <p>It is one reference because every change must also say what it replaced: the thread that ends
 * the call, and no other, has that to clean up, be it a stream to cancel or an attempt to abandon.
 * A flag beside a reference would need a lock, and a state type an object per change.
 */
@CrossesThreads
final class CallState {

  /** What a call waits for while it has no stream. */
  interface Opening {
    /** The call has ended, or waits for something else: what completes later does not count. */
    void abandon(Status reason);

    /** Of the attempt, if this is one that began. */
    CallTracers tracers();
  }

  static final Object ENDED = new Object();

  /** Ended as well, and no attempt was opened. */
  private static final Object NEVER_OPENED = new Object();

  private static final AtomicReferenceFieldUpdater<CallState, @Nullable Object> STATE =
      AtomicReferenceFieldUpdater.newUpdater(CallState.class, Object.class, "state");

  /**
   * {@code null}, an {@link Opening}, a {@link ClientStream}, a {@link Status}, ENDED or
   * NEVER_OPENED.
   */
  private volatile @Nullable Object state;

  /** Returns false if the call was cancelled before. */
  boolean open(Opening first) {
    return STATE.compareAndSet(this, null, first);
  }

  boolean isOpening(Opening opening) {
    return state == opening;
  }

  /** Whether its stream has started, and it has not ended. */
  boolean hasStream() {
    return state instanceof ClientStream;
  }

  /** Whether the call has ended or was cancelled. */
  boolean isOver() {
    return isOver(state);
  }

  private static boolean isOver(@Nullable Object state) {
    return state == ENDED || state == NEVER_OPENED || state instanceof Status;
  }

  /** Whether the call ended before it had an attempt. */
  boolean hasEndedUnopened() {
    return state == NEVER_OPENED;
  }

  /** Returns whether the stream may go on; not if the call was cancelled while it started. */
  boolean streamStarted(Opening attempt, ClientStream stream) {
    // Where the attempt has been replaced, its stream has failed: there is nothing to cancel.
    return STATE.compareAndSet(this, attempt, stream) || !isOver();
  }

  /**
   * Replaces an attempt whose stream has failed, by the next attempt or the backoff before it.
   * Returns false if the call is over.
   */
  boolean reopen(Opening next) {
    for (; ; ) {
      Object before = state;
      if (isOver(before)) {
        return false;
      }
      if (STATE.compareAndSet(this, before, next)) {
        return true;
      }
    }
  }

  /**
   * Replaces an attempt that got no stream by a backoff, or a backoff by the next attempt. Returns
   * false if the call is over.
   */
  boolean replaceOpening(Opening opening, Opening next) {
    return STATE.compareAndSet(this, opening, next);
  }

  /** The same where the stream of one of several attempts is to be the call's. */
  boolean replaceOpening(Opening attempts, ClientStream winner) {
    return STATE.compareAndSet(this, attempts, winner);
  }

  /** Ends a call that has no stream. Returns whether the caller must notify the listener. */
  boolean endOpening(Opening opening) {
    return STATE.compareAndSet(this, opening, ENDED);
  }

  /** Ends a call whose stream has ended. Returns the state before. */
  @Nullable
  Object end() {
    return STATE.getAndSet(this, ENDED);
  }

  /**
   * Cancels. A stream that runs will confirm the reason; a call without one has ended at once.
   * Returns the state before.
   */
  @Nullable
  Object cancel(Status reason) {
    for (; ; ) {
      Object before = state;
      if (isOver(before)) {
        return before;
      }
      Object after = before instanceof ClientStream ? reason : ENDED;
      if (before == null) {
        after = NEVER_OPENED;
      }
      if (STATE.compareAndSet(this, before, after)) {
        return before;
      }
    }
  }
}
