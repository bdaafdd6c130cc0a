// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.transport.StreamSnapshot;
import dev.clientconn.transport.WaitCause;
import java.util.OptionalLong;

/**
 * Describes a call that has no stream.
 *
 * @param call identifies the call, or its attempt, while it waits
 * @param method the full name
 * @param ageNanos since it began to wait, empty where that is not known
 * @param cause what it waits for
 */
public record WaitingCall(Object call, String method, OptionalLong ageNanos, WaitCause cause) {

  /** Describes an attempt that has no transport yet, or no credentials. */
  public static WaitingCall of(
      TransportSource.PendingPick pick, WaitCause cause, OptionalLong ageNanos) {
    String method = pick.args().getMethodDescriptor().getFullMethodName();
    return new WaitingCall(pick, method, ageNanos, cause);
  }

  /** Describes it in a list of streams. */
  public StreamSnapshot toSnapshot() {
    return new StreamSnapshot(
        0,
        0,
        method,
        ageNanos,
        StreamSnapshot.State.WAITING,
        OptionalLong.empty(),
        OptionalLong.empty(),
        0,
        0,
        cause);
  }
}
