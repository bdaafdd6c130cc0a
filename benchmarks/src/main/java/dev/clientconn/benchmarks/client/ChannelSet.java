// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.client;

import dev.clientconn.benchmarks.caller.CallerThreads;
import dev.clientconn.benchmarks.workload.StubMode;
import dev.clientconn.benchmarks.workload.Workload;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.micrometer.core.instrument.binder.grpc.MetricCollectingClientInterceptor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Opens one client's channels to one server, at the client's defaults except for the executor of
 * the stub mode, the message size, which is not limited, and the workload's TLS and interceptors.
 * Used by one thread.
 */
public final class ChannelSet implements AutoCloseable {

  private static final long TERMINATION_SECONDS = 60;

  private static final Map<String, ?> RETRY_POLICY = Map.of(
      "methodConfig",
      List.of(Map.of(
          "name",
          List.of(Map.of()),
          "retryPolicy",
          Map.of(
              "maxAttempts",
              4.0,
              "initialBackoff",
              "0.1s",
              "maxBackoff",
              "1s",
              "backoffMultiplier",
              2.0,
              "retryableStatusCodes",
              List.of("UNAVAILABLE")))),
      "retryThrottling",
      Map.of("maxTokens", 10.0, "tokenRatio", 0.1));

  private final BenchmarkClient client;
  private final ServerLocation server;
  private final Workload workload;
  private final @Nullable ExecutorService virtual;
  private final List<ClientInterceptor> interceptors;
  private final List<ManagedChannel> open = new ArrayList<>();

  public ChannelSet(BenchmarkClient client, ServerLocation server, Workload workload) {
    this.client = client;
    this.server = server;
    this.workload = workload;
    this.virtual = workload.mode().callbacks() == StubMode.Callbacks.VIRTUAL
        ? CallerThreads.newVirtualExecutor()
        : null;
    this.interceptors = interceptors(workload.features());
  }

  /** Opens one more channel, with its own connection. */
  public Channel open() {
    ManagedChannelBuilder<?> builder =
        client.builder(server, workload).maxInboundMessageSize(Integer.MAX_VALUE);
    switch (workload.mode().callbacks()) {
      case DIRECT -> builder.directExecutor();
      case VIRTUAL -> builder.executor(virtual);
      case DEFAULT -> {}
    }
    if (workload.features().retry()) {
      builder.defaultServiceConfig(RETRY_POLICY);
    }
    ManagedChannel channel = builder.build();
    open.add(channel);
    return interceptors.isEmpty() ? channel : ClientInterceptors.intercept(channel, interceptors);
  }

  /** Ends all calls and connections and waits for them. */
  @Override
  public void close() {
    open.forEach(ManagedChannel::shutdownNow);
    if (virtual != null) {
      virtual.shutdown();
    }
    try {
      for (ManagedChannel channel : open) {
        if (!channel.awaitTermination(TERMINATION_SECONDS, TimeUnit.SECONDS)) {
          throw new IllegalStateException(
              "a channel did not terminate within " + TERMINATION_SECONDS + " s");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static List<ClientInterceptor> interceptors(Workload.Features features) {
    List<ClientInterceptor> interceptors = new ArrayList<>();
    if (features.metadata() > 0) {
      interceptors.add(MetadataUtils.newAttachHeadersInterceptor(metadata(features.metadata())));
    }
    if (features.metrics()) {
      interceptors.add(new MetricCollectingClientInterceptor(new SimpleMeterRegistry()));
    }
    return interceptors;
  }

  /** Creates names and values as long as those of tracing and tenancy headers. */
  private static Metadata metadata(int entries) {
    Metadata metadata = new Metadata();
    for (int i = 0; i < entries; i++) {
      metadata.put(
          Metadata.Key.of("x-benchmark-" + i, Metadata.ASCII_STRING_MARSHALLER),
          "4bf92f3577b34da6a3ce929d0e0e47" + (char) ('a' + i % 26));
    }
    return metadata;
  }
}
