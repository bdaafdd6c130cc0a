// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import io.grpc.okhttp.OkHttpChannelBuilder;
import java.net.InetSocketAddress;

/** grpc-java's transport on blocking sockets and OkHttp's frames: threads that read and write, and no Netty. */
final class OkHttpChannels implements ChannelFactory {

  private final ChannelFactory channels = new ManagedChannels(
      "okhttp",
      (server, workload, options) ->
          OkHttpChannelBuilder.forAddress(server.getAddress().getHostAddress(), server.getPort()));

  @Override
  public String name() {
    return channels.name();
  }

  /** Its duplex streams do not come to rest within the limit when a run ends. */
  @Override
  public boolean supports(Workload workload) {
    return !workload.network().encrypted() && workload.kind() != CallKind.DUPLEX;
  }

  @Override
  public OpenChannel open(InetSocketAddress server, Workload workload, ChannelOptions options)
      throws Exception {
    return channels.open(server, workload, options);
  }
}
