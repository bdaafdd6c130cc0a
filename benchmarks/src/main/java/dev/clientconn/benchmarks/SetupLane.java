// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import io.grpc.stub.ClientCalls;
import java.util.concurrent.Callable;

/** Opens a channel, makes one call and shuts it down, again and again, on a thread of its own. */
final class SetupLane implements Runnable {

  private final Callable<ChannelFactory.OpenChannel> channels;
  private final Workload workload;
  private final ClosedLoop loop;

  SetupLane(Callable<ChannelFactory.OpenChannel> channels, Workload workload, ClosedLoop loop) {
    this.channels = channels;
    this.workload = workload;
    this.loop = loop;
  }

  @Override
  public void run() {
    try {
      long startNanos;
      do {
        startNanos = System.nanoTime();
        operation();
      } while (loop.completed(startNanos, System.nanoTime()));
    } catch (Exception | Error e) {
      loop.failed(e);
    }
  }

  private void operation() throws Exception {
    try (ChannelFactory.OpenChannel open = channels.call()) {
      CallSource source = CallSource.of(open.channel(), workload);
      source
          .check()
          .message(ClientCalls.blockingUnaryCall(
              source.channel(), source.method(), source.options(), source.request()));
    }
  }
}
