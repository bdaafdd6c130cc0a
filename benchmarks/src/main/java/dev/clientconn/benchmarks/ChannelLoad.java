// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import io.grpc.Channel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The lanes of a workload, spread over its channels. */
final class ChannelLoad implements BenchmarkClient.Load {

  private final ChannelSet set;
  private final List<Channel> channels;
  private final Workload workload;
  private final ClosedLoop loop;
  private @Nullable IdleStreams idle;

  private ChannelLoad(ChannelSet set, List<Channel> channels, Workload workload, ClosedLoop loop) {
    this.set = set;
    this.channels = channels;
    this.workload = workload;
    this.loop = loop;
  }

  static ChannelLoad open(ChannelSet set, Workload workload, ClosedLoop loop) throws Exception {
    List<Channel> channels = new ArrayList<>();
    for (int i = 0; i < workload.network().connections(); i++) {
      channels.add(set.open());
    }
    return new ChannelLoad(set, channels, workload, loop);
  }

  @Override
  public void start() throws InterruptedException {
    if (workload.network().idleStreams() > 0) {
      idle = IdleStreams.open(channels, workload.network().idleStreams(), loop::failed);
    }
    LaneThreads threads = new LaneThreads(workload.mode());
    List<CallSource> sources =
        channels.stream().map(channel -> CallSource.of(channel, workload)).toList();
    for (int i = 0; i < workload.inFlight(); i++) {
      start(sources.get(i % sources.size()), threads);
    }
  }

  @Override
  public void close() {
    if (idle != null) {
      idle.closing();
    }
    set.close();
  }

  private void start(CallSource source, LaneThreads threads) {
    switch (workload.mode()) {
      case ASYNC_DIRECT, ASYNC, ASYNC_VIRTUAL -> startAsync(source);
      case FUTURE, FUTURE_VIRTUAL -> new FutureLane(source, loop).start();
      case BLOCKING, BLOCKING_VIRTUAL -> threads.start(new BlockingLane(source, loop));
      case BLOCKING_V2 -> threads.start(new BlockingV2Lane(source, loop));
    }
  }

  private void startAsync(CallSource source) {
    switch (source.kind()) {
      case UNARY, SERVER_STREAM -> new AsyncLane(source, loop).start();
      case CLIENT_STREAM -> new ClientStreamLane(source, loop).start();
      case PING_PONG -> new PingPongLane(source, loop).start();
      case DUPLEX -> new DuplexLane(source, loop).start();
    }
  }
}
