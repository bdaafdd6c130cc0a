// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.transport;

/**
 * Receives events of a connection's calls while they wait. Called on event loops: implementations
 * must be fast and must not block. One that throws is logged and not called again.
 */
public interface TransportListener {

  /** Ignores all events. */
  TransportListener NONE = new TransportListener() {};

  /** How a call's wait for a stream slot ended. */
  enum WaitOutcome {
    /** A slot became free and the stream was opened. */
    GRANTED,
    /** The caller gave up. */
    CANCELLED,
    /** The call's deadline passed while it waited. */
    DEADLINE,
    /** The connection went away; the call may have been moved to another one. */
    CONNECTION_LOST,
    /** Too many calls were waiting already; this one never waited. */
    REJECTED
  }

  /**
   * A call stopped waiting for a stream slot: all of the peer's {@code MAX_CONCURRENT_STREAMS} were
   * taken, or the peer had stopped reading.
   *
   * @param outcome why it stopped waiting
   * @param nanos how long it waited, in nanoseconds
   */
  default void streamSlotWaited(WaitOutcome outcome, long nanos) {}
}
