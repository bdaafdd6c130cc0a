// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.transport.WaitCause;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** Selects transports for calls, by the channel's current picker. Safe for several threads. */
public interface TransportSource {

  /**
   * Selects a transport for a call: on this thread if the picker has a ready one, otherwise later,
   * in the control plane. Then calls exactly one of {@link PendingPick#onPicked}, {@link
   * PendingPick#onFailed} and {@link PendingPick#onDropped}, unless {@link #cancel} came first.
   */
  void pick(PendingPick pick);

  /**
   * Removes a pick. Returns whether it was still waiting: then none of its methods will be called.
   */
  boolean cancel(PendingPick pick);

  /** Describes the stream slot that a pick waits for, {@code null} if it waits for none. */
  default @Nullable String waitsForSlot(PendingPick pick) {
    return null;
  }

  /** An attempt that needs a transport. */
  interface PendingPick {

    PickSubchannelArgs args();

    /** Whether to go on waiting where the picker fails the call. */
    boolean waitForReady();

    /** Whether the attempt is still opening. Any thread. */
    boolean isWanted();

    /** Whether the deadline of the call has passed. Any thread. */
    boolean isDeadlinePassed();

    /**
     * No transport is ready: the pick waits from now on. Called at most once, before the others.
     */
    void onWaiting();

    /**
     * The pick waits for this from now on. Called before the pick can be found by another thread,
     * and whenever the cause changes, never by two threads at a time.
     */
    void onWaitingFor(WaitCause cause);

    /**
     * A transport is ready.
     *
     * @param transport for one stream: it is made, or {@link ClientTransport#releaseReservation}
     *     is called
     * @param result its tracer factory and authority override apply to the call
     */
    void onPicked(ClientTransport transport, PickResult result);

    /** The picker failed the call; the call's retry policy may allow another pick (gRFC A6). */
    void onFailed(Status status);

    /** The picker dropped the call, or the channel has ended: the call must not be retried. */
    void onDropped(Status status);

    /** Ends the call of this pick, at any stage. Any thread. */
    void cancel(Status reason);
  }
}
