// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.transport.ClientConnSnapshot;
import io.grpc.ManagedChannel;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds a channel that a load-balancing policy has opened.
 *
 * @param channel for the policy
 * @param latch of its shutdown; {@code null} for a channel of another transport
 * @param subchannels reads its subchannels; any thread
 * @param recorder records what happens to it; {@code null} for a channel of another transport
 */
public record PolicyChannel(
    ManagedChannel channel,
    @Nullable ShutdownLatch latch,
    Supplier<List<ClientConnSnapshot.Subchannel>> subchannels,
    @Nullable ChannelRecorder recorder) {

  /** A channel that only another provider could make, for its credentials. */
  public static PolicyChannel ofOtherTransport(ManagedChannel channel) {
    return new PolicyChannel(channel, null, List::of, null);
  }
}
