// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.transport.ClientConnSnapshot;
import io.grpc.ManagedChannel;
import java.util.List;
import java.util.function.Supplier;

/**
 * Holds a channel that a load-balancing policy has opened.
 *
 * @param channel for the policy
 * @param latch of its shutdown
 * @param subchannels reads its subchannels; any thread
 */
public record PolicyChannel(
    ManagedChannel channel,
    ShutdownLatch latch,
    Supplier<List<ClientConnSnapshot.Subchannel>> subchannels) {}
