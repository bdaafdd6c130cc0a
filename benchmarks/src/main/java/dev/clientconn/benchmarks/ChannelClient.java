// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.google.protobuf.BytesValue;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A client that is an io.grpc channel, whichever its transport; plaintext, all else at its defaults. */
final class ChannelClient implements BenchmarkClient {

  private final String name;
  private final Function<InetSocketAddress, ManagedChannelBuilder<?>> builders;

  ChannelClient(String name, Function<InetSocketAddress, ManagedChannelBuilder<?>> builders) {
    this.name = name;
    this.builders = builders;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean supports(Workload workload) {
    return true;
  }

  @Override
  public Load open(InetSocketAddress server, Workload workload, ClosedLoop loop) {
    ManagedChannelBuilder<?> builder =
        builders.apply(server).usePlaintext().maxInboundMessageSize(Integer.MAX_VALUE);
    if (workload.mode() == StubMode.ASYNC_DIRECT) {
      builder.directExecutor();
    }
    ManagedChannel channel = builder.build();
    BytesValue request = ResponseShape.payload(workload.requestBytes());
    CallCheck check = new CallCheck(workload.response());
    Runnable lane = switch (workload.mode()) {
      case ASYNC_DIRECT, ASYNC -> () -> new AsyncLane(channel, request, check, loop).start();
      case FUTURE -> () -> new FutureLane(channel, request, check, loop).start();
      case BLOCKING -> () -> new BlockingLane(channel, request, check, loop).start();
    };
    return new ChannelLoad(channel, workload.inFlight(), lane);
  }

  private record ChannelLoad(ManagedChannel channel, int lanes, Runnable lane) implements Load {

    @Override
    public void start() {
      for (int i = 0; i < lanes; i++) {
        lane.run();
      }
    }

    @Override
    public void close() {
      channel.shutdownNow();
      try {
        if (!channel.awaitTermination(10, TimeUnit.SECONDS)) {
          throw new IllegalStateException("the channel did not terminate within 10 s");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
