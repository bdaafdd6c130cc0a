// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** A client that is a ManagedChannelBuilder and can do every workload. */
final class ManagedChannels implements ChannelFactory {

  /** The part that differs from builder to builder: the address, TLS, and meters of the transport's own. */
  interface Builders {

    ManagedChannelBuilder<?> builder(
        InetSocketAddress server, Workload workload, ChannelOptions options);
  }

  private final String name;
  private final Builders builders;

  ManagedChannels(String name, Builders builders) {
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
  public OpenChannel open(InetSocketAddress server, Workload workload, ChannelOptions options) {
    ManagedChannelBuilder<?> builder =
        builders.builder(server, workload, options).maxInboundMessageSize(Integer.MAX_VALUE);
    if (!workload.network().encrypted()) {
      builder.usePlaintext();
    }
    Executor executor = options.executor();
    if (workload.mode().callbacks() == StubMode.Callbacks.DIRECT) {
      builder.directExecutor();
    } else if (executor != null) {
      builder.executor(executor);
    }
    return new Open(builder.build());
  }

  private record Open(ManagedChannel managed) implements OpenChannel {

    @Override
    public Channel channel() {
      return managed;
    }

    @Override
    public void close() {
      managed.shutdownNow();
      try {
        if (!managed.awaitTermination(10, TimeUnit.SECONDS)) {
          throw new IllegalStateException("the channel did not terminate within 10 s");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
