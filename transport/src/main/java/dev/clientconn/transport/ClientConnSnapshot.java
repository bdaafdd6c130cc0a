// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.transport;

import io.grpc.ConnectivityState;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Describes the state of a channel at one moment. Immutable; taken by {@code ClientConn.snapshot()}
 * on any thread, without stopping the event loops.
 *
 * @param target the target string that the channel was built with
 * @param state the connectivity state of the channel
 * @param waitingCalls number of calls that wait because no connection is ready
 * @param subchannels one for each address or address group that the load-balancing policy uses, in
 *     the order of their creation; those of an earlier configuration are among them while they have
 *     connections, and those of channels that the policy has opened for itself follow
 * @param failure why the last attempt to connect failed, {@code null} where a connection is ready
 *     or the channel is idle
 * @param waits how much all calls have waited since the channel was built, with an entry for every
 *     cause. An event loop adds the calls that it ends one after another together: a listener
 *     that it calls, of a call or for reports, may find the figures without the call that has just
 *     ended and others just before it
 * @param totals what has happened since the channel was built
 * @param events the last {@link #MAX_EVENTS} events of the channel, the oldest first
 */
public record ClientConnSnapshot(
    String target,
    ConnectivityState state,
    int waitingCalls,
    List<Subchannel> subchannels,
    @Nullable String failure,
    Map<WaitCause, WaitTotal> waits,
    ChannelTotals totals,
    List<TransportEvent> events) {

  /** How many events a channel retains. */
  public static final int MAX_EVENTS = 100;

  /**
   * Describes one address, or group of equivalent addresses, and its connections.
   *
   * @param id identifies the subchannel within this JVM
   * @param state the connectivity state; {@code TRANSIENT_FAILURE} while waiting for the next
   *     attempt
   * @param connections those that take new calls, at most one by default, and those that are
   *     draining
   * @param pendingStreams number of calls that wait for a stream slot on any of the connections,
   *     where there may be several; others wait on their connection, and count in {@link
   *     TransportSnapshot.Streams#pending}
   * @param oldestWaitNanos how long the first of these has waited, nanoseconds; empty if none waits
   * @param failure why the last attempt to connect failed, {@code null} where a connection is ready
   *     or the subchannel is idle
   */
  public record Subchannel(
      long id,
      ConnectivityState state,
      List<TransportSnapshot> connections,
      int pendingStreams,
      OptionalLong oldestWaitNanos,
      @Nullable String failure) {}
}
