// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.transport;

/**
 * Is notified when calls have waited on a connection, or are sent again. Called on event loops and
 * other threads, by several of them at the same time: implementations must be thread-safe and fast,
 * and must not block. One that throws is logged and not called again.
 */
public interface TransportListener {

  /** Ignores all notifications. This is the default. */
  TransportListener NONE = new TransportListener() {};

  /** Says how the wait of a call for a stream slot ended. */
  enum WaitOutcome {
    /** A slot became free, and the stream was opened. */
    GRANTED,
    /** The application cancelled the call. */
    CANCELLED,
    /** The deadline of the call passed while it waited. */
    DEADLINE,
    /** The connection ended or drained; the call may have moved to another one. */
    CONNECTION_LOST,
    /** Too many calls were waiting; this one was not queued. */
    REJECTED,
    /** The call has waited longer than the builder's {@code pendingStreamTimeout}. */
    TIMED_OUT
  }

  /**
   * Called when a call no longer waits for a stream slot. Calls wait while all streams that the
   * server allows ({@code SETTINGS_MAX_CONCURRENT_STREAMS}) are in use, or the server does not read
   * what was sent.
   *
   * @param outcome how the wait ended
   * @param nanos duration of the wait, nanoseconds; about 0 for {@link WaitOutcome#REJECTED}
   */
  default void streamSlotWaited(WaitOutcome outcome, long nanos) {}

  /** Says why a call has another attempt (gRFC A6). */
  enum RepeatReason {
    /** An attempt failed, and the retry policy allows another one. */
    RETRY,
    /** The hedging policy sends the call several times. */
    HEDGE,
    /** No server has processed the call; the policies do not count this. */
    TRANSPARENT_RETRY
  }

  /**
   * Called when another attempt of a call begins, after the first one.
   *
   * @param reason why
   */
  default void attemptRepeated(RepeatReason reason) {}
}
