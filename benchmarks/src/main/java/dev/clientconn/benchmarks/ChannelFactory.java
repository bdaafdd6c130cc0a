// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import io.grpc.Channel;
import java.net.InetSocketAddress;

/** Opens the channels of one client. The calls on them are made by the same lanes, whichever the client. */
interface ChannelFactory {

  String name();

  /** Whether the client can do what the workload asks for; stub mode and kind of call among it. */
  boolean supports(Workload workload);

  /**
   * A channel with a connection of its own to {@code server}, at the client's defaults but for: any message size is
   * accepted, TLS is what the workload's network says, callbacks run on the executor that {@code options} names. Features of
   * calls (deadline, metadata, gzip) are the lanes' business, and meters of calls too.
   */
  OpenChannel open(InetSocketAddress server, Workload workload, ChannelOptions options)
      throws Exception;

  /** A channel and what it takes to end it. */
  interface OpenChannel extends AutoCloseable {

    Channel channel();

    /** Ends all calls and the connection; returns when they have ended, or throws IllegalStateException. */
    @Override
    void close();
  }
}
