// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.ChannelThreads;
import dev.clientconn.internal.transport.TransportConnector;
import io.grpc.Channel;

/**
 * Gives a channel that is used another configuration. Not for two threads at the same time. Nothing
 * has changed if a method throws.
 */
public final class Reconfiguration {

  private Reconfiguration() {}

  /**
   * Replaces the configuration of calls and of connections. New connections are made.
   *
   * @return makes calls with the new configuration
   */
  public static Channel apply(ChannelCore core, ChannelConfiguration made) {
    ChannelThreads threads = core.threadsWith(made);
    TransportConnector connector = made.connectors().get();
    ChannelGeneration generation;
    try {
      generation = core.newGeneration(made.options(), threads, connector);
    } catch (Throwable t) {
      connector.close();
      throw t;
    }
    try {
      Channel calls = CallChannel.create(core, made.options(), threads, generation.authority());
      core.tracker().notifyOn(threads.executor());
      core.execute(() -> core.exchange(generation));
      return calls;
    } catch (Throwable t) {
      core.execute(() -> core.discard(generation));
      throw t;
    }
  }

  /**
   * Replaces the configuration of calls only, which are sent over the connections that there are.
   *
   * @param authority of the configuration in force
   * @return makes calls with the new configuration
   */
  public static Channel applyToCalls(
      ChannelCore core, ChannelConfiguration made, String authority) {
    ChannelThreads threads = core.threadsWith(made);
    Channel calls = CallChannel.create(core, made.options(), threads, authority);
    core.tracker().notifyOn(threads.executor());
    return calls;
  }
}
