// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.transport;

import io.grpc.ConnectivityState;
import java.util.List;

/**
 * A channel as it was a moment ago.
 *
 * @param target the target string the channel was built with
 * @param state the channel's connectivity state
 * @param waitingCalls calls that wait because no connection is ready to take them
 * @param subchannels one per address or address group the load-balancing policy uses, in creation
 *     order
 */
public record ClientConnSnapshot(
    String target, ConnectivityState state, int waitingCalls, List<Subchannel> subchannels) {

  /**
   * One address (or group of equivalent addresses) and its connections.
   *
   * @param id identifies the subchannel within this JVM
   * @param state its connectivity state; {@code TRANSIENT_FAILURE} is the wait between two attempts
   * @param connections the live connection, and those that are still draining
   */
  public record Subchannel(long id, ConnectivityState state, List<TransportSnapshot> connections) {}
}
