// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.util.concurrent.TimeUnit;

/**
 * The same bytes on the same socket with nothing of gRPC around them: what any client on Netty must
 * cost. It keeps to the server's windows, gives the server endless ones, and knows calls of one
 * request only.
 */
final class FloorClient implements BenchmarkClient {

  @Override
  public String name() {
    return "floor";
  }

  @Override
  public boolean supports(Workload workload) {
    return workload.plain()
        && (workload.kind() == CallKind.UNARY || workload.kind() == CallKind.SERVER_STREAM)
        && workload.mode() == StubMode.ASYNC_DIRECT;
  }

  @Override
  public Load open(ServerLocation server, Workload workload, ClosedLoop loop)
      throws InterruptedException {
    EventLoopGroup group = EventLoops.newGroup(1);
    ServerSetting setting = workload.serverSetting();
    FloorConnection connection = new FloorConnection(
        new FloorRequest(server.address(), setting), setting, workload.inFlight(), loop);
    try {
      Channel channel = new Bootstrap()
          .group(group)
          .channel(EventLoops.clientChannel())
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
      implements Load {

    @Override
    public void start() {
      channel.eventLoop().execute(connection::openLanes);
    }

    @Override
    public void close() {
      group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
    }
  }
}
