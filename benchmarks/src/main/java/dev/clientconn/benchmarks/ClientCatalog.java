// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.autoconfigure.metrics.GrpcClientMetrics;
import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.NettyChannelBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The clients that can be measured, by name. */
final class ClientCatalog {

  static final String BASELINE = "grpc-netty";
  static final String SUBJECT = "clientconn";
  static final String FLOOR = "floor";

  private static final List<ChannelFactory> CHANNELS = List.of(
      new ManagedChannels(BASELINE, ClientCatalog::netty),
      new ManagedChannels(
          "grpc-netty-no-retry",
          (server, workload, options) -> netty(server, workload, options).disableRetry()),
      new ManagedChannels(SUBJECT, ClientCatalog::clientConn),
      new OkHttpChannels(),
      new ArmeriaChannels(),
      new VertxChannels());

  private static final List<BenchmarkClient> OTHERS = List.of(new FloorClient());

  private ClientCatalog() {}

  static BenchmarkClient named(String name) {
    for (ChannelFactory factory : CHANNELS) {
      if (factory.name().equals(name)) {
        return new ChannelClient(factory);
      }
    }
    return OTHERS.stream()
        .filter(client -> client.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("no client '" + name + "'; there are " + names()));
  }

  static String names() {
    return String.join(", ", all());
  }

  /** Every client that is known. */
  static List<String> all() {
    return Stream.concat(
            CHANNELS.stream().map(ChannelFactory::name), OTHERS.stream().map(BenchmarkClient::name))
        .toList();
  }

  /** Those that a workload is measured with unless somebody asks for others. */
  static List<String> usual() {
    return List.of(BASELINE, SUBJECT, FLOOR);
  }

  private static ManagedChannelBuilder<?> netty(
      InetSocketAddress server, Workload workload, ChannelOptions options) {
    NettyChannelBuilder builder = NettyChannelBuilder.forAddress(server);
    return workload.network().encrypted()
        ? builder.sslContext(ClientTls.context(workload.network().tls(), options.certificate()))
        : builder;
  }

  /** With meters, those of the starter's too, as an application with Micrometer has them. */
  private static ManagedChannelBuilder<?> clientConn(
      InetSocketAddress server, Workload workload, ChannelOptions options) {
    ClientConnBuilder builder =
        ClientConnBuilder.forAddress(server.getAddress().getHostAddress(), server.getPort());
    if (workload.features().metrics()) {
      GrpcClientMetrics metrics = new GrpcClientMetrics(() -> Map::of);
      metrics.bindTo(new SimpleMeterRegistry());
      builder.transportListener(metrics.listenerFor(SUBJECT));
    }
    return workload.network().encrypted()
        ? builder.sslContext(ClientTls.context(workload.network().tls(), options.certificate()))
        : builder;
  }
}
