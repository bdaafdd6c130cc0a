// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.transport.ClientTransport;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Status;

/**
 * Where calls get a transport from; the channel's picker stands behind it. Safe for several
 * threads.
 */
public interface TransportSource {

  /**
   * Finds a transport for a call, on this thread if a ready one is known, else later on the control
   * plane's. Exactly one of the pick's two methods is called, unless {@link #cancel} came first.
   */
  void pick(PendingPick pick);

  /**
   * Gives up a pick that has not been answered. Returns whether it was still waiting: then nothing
   * will be called.
   */
  boolean cancel(PendingPick pick);

  /** A call that needs a transport. */
  interface PendingPick {

    PickSubchannelArgs args();

    /** Whether to go on waiting where a picker would fail the call. */
    boolean waitForReady();

    /**
     * No transport is ready: the pick waits from now on. Called at most once, before the answer.
     */
    void onWaiting();

    /**
     * A ready transport, and the result it came with: its tracer factory and authority override
     * apply.
     */
    void onPicked(ClientTransport transport, PickResult result);

    /** No transport: the picker failed or dropped the call, or the channel is shut down. */
    void onFailed(Status status);
  }
}
