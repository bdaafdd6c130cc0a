// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.client;

import dev.clientconn.benchmarks.caller.ClosedLoop;
import dev.clientconn.benchmarks.frame.SocketTypes;
import dev.clientconn.benchmarks.workload.CallKind;
import dev.clientconn.benchmarks.workload.StubMode;
import dev.clientconn.benchmarks.workload.Workload;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.util.concurrent.TimeUnit;

/**
 * Opens the floor's connection: the same bytes on the same socket without gRPC, which is what any
 * client on Netty must cost.
 */
final class FloorClient {

  private FloorClient() {}

  /** It makes only calls of one request, with callbacks on the event loop and no features. */
  static boolean supports(Workload workload) {
    return workload.plain()
        && (workload.kind() == CallKind.UNARY || workload.kind() == CallKind.SERVER_STREAM)
        && workload.mode() == StubMode.ASYNC_DIRECT;
  }

  static BenchmarkClient.Load open(ServerLocation server, Workload workload, ClosedLoop loop)
      throws InterruptedException {
    EventLoopGroup group = SocketTypes.newEventLoops(1);
    FloorConnection connection = new FloorConnection(server.address(), workload, loop);
    try {
      Channel channel = new Bootstrap()
          .group(group)
          .channel(SocketTypes.clientChannel())
          .option(ChannelOption.TCP_NODELAY, true)
          .handler(connection)
          .connect(server.address())
          .sync()
          .channel();
      return new FloorLoad(group, channel, connection);
    } catch (InterruptedException | RuntimeException e) {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw e;
    }
  }

  private record FloorLoad(EventLoopGroup group, Channel channel, FloorConnection connection)
      implements BenchmarkClient.Load {

    @Override
    public void start() {
      channel.eventLoop().execute(connection::startCalls);
    }

    @Override
    public void close() {
      group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
    }
  }
}
