// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

/** A client whose channels are io.grpc's, whichever the transport. */
record ChannelClient(ChannelFactory factory) implements BenchmarkClient {

  @Override
  public String name() {
    return factory.name();
  }

  @Override
  public boolean supports(Workload workload) {
    return factory.supports(workload);
  }

  @Override
  public Load open(ServerLocation server, Workload workload, ClosedLoop loop) throws Exception {
    return workload.run() == RunKind.SETUP
        ? new SetupLoad(new ChannelSet(factory, server, workload), workload, loop)
        : ChannelLoad.open(new ChannelSet(factory, server, workload), workload, loop);
  }

  /** Lanes that open channels of their own. */
  private record SetupLoad(ChannelSet channels, Workload workload, ClosedLoop loop)
      implements Load {

    @Override
    public void start() {
      LaneThreads threads = new LaneThreads(workload.mode());
      for (int i = 0; i < workload.inFlight(); i++) {
        threads.start(new SetupLane(channels::newChannel, workload, loop));
      }
    }

    @Override
    public void close() {
      channels.close();
    }
  }
}
