// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.ChannelThreads;
import dev.clientconn.internal.transport.TransportConnector;
import java.util.function.Supplier;

/**
 * Holds all that a channel is built from, so that it can be opened again, or another channel be
 * given the same configuration. The suppliers acquire resources: what they return must be closed
 * and released.
 *
 * @param options of the channel
 * @param connectors makes the connector of connections with these options
 * @param threads acquires the executors of these options and shared timers
 * @param connectionKey equal for two configurations that can use the same connections
 */
public record ChannelConfiguration(
    ChannelOptions options,
    Supplier<TransportConnector> connectors,
    Supplier<ChannelThreads> threads,
    Object connectionKey) {}
