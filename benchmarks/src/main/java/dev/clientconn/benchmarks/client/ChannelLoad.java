// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.client;

import dev.clientconn.benchmarks.caller.CallSource;
import dev.clientconn.benchmarks.caller.Caller;
import dev.clientconn.benchmarks.caller.CallerThreads;
import dev.clientconn.benchmarks.caller.ClosedLoop;
import dev.clientconn.benchmarks.workload.Workload;
import java.util.ArrayList;
import java.util.List;

/** Spreads the callers of a workload over its channels. */
final class ChannelLoad implements BenchmarkClient.Load {

  private final ChannelSet channels;
  private final List<CallSource> sources;
  private final Workload workload;
  private final ClosedLoop loop;

  private ChannelLoad(
      ChannelSet channels, List<CallSource> sources, Workload workload, ClosedLoop loop) {
    this.channels = channels;
    this.sources = sources;
    this.workload = workload;
    this.loop = loop;
  }

  static ChannelLoad open(ChannelSet channels, Workload workload, ClosedLoop loop) {
    List<CallSource> sources = new ArrayList<>();
    for (int i = 0; i < workload.network().connections(); i++) {
      sources.add(CallSource.of(channels.open(), workload));
    }
    return new ChannelLoad(channels, sources, workload, loop);
  }

  @Override
  public void start() {
    CallerThreads threads = new CallerThreads(workload.mode());
    for (int i = 0; i < workload.inFlight(); i++) {
      Caller.of(sources.get(i % sources.size()), workload.mode(), threads, loop).start();
    }
  }

  @Override
  public void close() {
    channels.close();
  }
}
