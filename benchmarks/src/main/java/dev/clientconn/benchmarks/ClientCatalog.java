// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import dev.clientconn.ClientConnBuilder;
import io.grpc.netty.NettyChannelBuilder;
import java.util.List;
import java.util.stream.Collectors;

/** The clients that can be measured, by name. */
final class ClientCatalog {

  static final String BASELINE = "grpc-netty";

  private static final List<BenchmarkClient> CLIENTS = List.of(
      new ChannelClient(BASELINE, NettyChannelBuilder::forAddress),
      new ChannelClient(
          "grpc-netty-no-retry",
          server -> NettyChannelBuilder.forAddress(server).disableRetry()),
      new ChannelClient(
          "clientconn",
          server ->
              ClientConnBuilder.forAddress(server.getAddress().getHostAddress(), server.getPort())),
      new FloorClient());

  private ClientCatalog() {}

  static BenchmarkClient named(String name) {
    return CLIENTS.stream()
        .filter(client -> client.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("no client '" + name + "'; there are " + names()));
  }

  static String names() {
    return CLIENTS.stream().map(BenchmarkClient::name).collect(Collectors.joining(", "));
  }
}
