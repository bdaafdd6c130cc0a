// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.micrometer.core.instrument.binder.grpc.MetricCollectingClientInterceptor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** One client's channels to one server, with the interceptors that a workload asks for; the same for every client. */
final class ChannelSet implements AutoCloseable {

  private final ChannelFactory factory;
  private final ServerLocation server;
  private final Workload workload;
  private final @Nullable ExecutorService virtual;
  private final List<ClientInterceptor> interceptors;
  private final List<ChannelFactory.OpenChannel> open = new ArrayList<>();

  ChannelSet(ChannelFactory factory, ServerLocation server, Workload workload) {
    this.factory = factory;
    this.server = server;
    this.workload = workload;
    this.virtual = workload.mode().callbacks() == StubMode.Callbacks.VIRTUAL
        ? VirtualThreads.newExecutor()
        : null;
    this.interceptors = interceptors(workload.features());
  }

  /** Opens one more, which ends with this set. */
  Channel open() throws Exception {
    ChannelFactory.OpenChannel channel = newChannel();
    open.add(channel);
    return intercepted(channel.channel());
  }

  /** Opens one that the caller ends. */
  ChannelFactory.OpenChannel newChannel() throws Exception {
    return factory.open(
        server.address(), workload, new ChannelOptions(executor(), server.certificate()));
  }

  @Override
  public void close() {
    @Nullable RuntimeException failure = null;
    for (ChannelFactory.OpenChannel channel : open) {
      try {
        channel.close();
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    if (virtual != null) {
      virtual.shutdown();
    }
    if (failure != null) {
      throw failure;
    }
  }

  private Channel intercepted(Channel channel) {
    return interceptors.isEmpty() ? channel : ClientInterceptors.intercept(channel, interceptors);
  }

  private @Nullable Executor executor() {
    return switch (workload.mode().callbacks()) {
      case DIRECT -> MoreExecutors.directExecutor();
      case DEFAULT -> null;
      case VIRTUAL -> virtual;
    };
  }

  private static List<ClientInterceptor> interceptors(CallFeatures features) {
    List<ClientInterceptor> interceptors = new ArrayList<>();
    if (features.metadata() > 0) {
      interceptors.add(MetadataUtils.newAttachHeadersInterceptor(metadata(features.metadata())));
    }
    if (features.metrics()) {
      interceptors.add(new MetricCollectingClientInterceptor(new SimpleMeterRegistry()));
    }
    return interceptors;
  }

  /** Names and values as long as those of tracing and tenancy headers are. */
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
