// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.transport.ClientStream;
import io.grpc.Status;

/**
 * Decides what becomes of a {@link CallAttempt}: the call, or one of the attempts of a hedged call.
 * Any thread.
 */
interface AttemptOwner extends CallTimeline.Owner {
  /** Holds the attempt while it is opening. */
  CallState state();

  /**
   * Starts the stream of an attempt with what has been written so far. Returns false if the
   * owner has ended meanwhile: the stream must then be cancelled.
   */
  boolean startStream(CallAttempt attempt, ClientStream stream);

  /** Makes the listener of an attempt's stream. */
  ClientStream.Listener listener(CallTracers tracers);

  /** The attempt got no transport or no credentials. Another attempt may follow. */
  void attemptFailed(CallAttempt attempt, Status status);

  /** Ends the call, if the attempt is still opening: it gets no stream. */
  void fail(CallState.Opening attempt, Status status);

  /** The channel ends the attempt, and the call with it. */
  void cancel(Status reason);

  /** Returns the timeline of a call that begins to wait now. */
  default CallTimeline createTimeline() {
    CallTimeline known = timeline();
    return known == null ? createTimeline(plan().environment().nanoTime().getAsLong()) : known;
  }

  CallPlan plan();
}
