// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * A server that gives every call the same pre-encoded answer and does no more HTTP/2 than a client can tell, so that the
 * client is what is measured. Plaintext with prior knowledge; it decodes no header block, so it takes any method.
 */
final class CannedServer implements BenchmarkServer {

  private final EventLoopGroup loops;
  private final Channel listening;
  private final int port;

  private CannedServer(EventLoopGroup loops, Channel listening) {
    this.loops = loops;
    this.listening = listening;
    this.port = ((InetSocketAddress) listening.localAddress()).getPort();
  }

  static CannedServer start(ResponseShape shape) throws InterruptedException {
    EventLoopGroup loops = EventLoops.newGroup(1);
    CannedResponse response = new CannedResponse(shape);
    ServerBootstrap bootstrap = new ServerBootstrap()
        .group(loops)
        .channel(EventLoops.serverChannel())
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel channel) {
            channel.pipeline().addLast(new CannedConnection(response));
          }
        });
    try {
      return new CannedServer(
          loops, bootstrap.bind(InetAddress.getLoopbackAddress(), 0).sync().channel());
    } catch (InterruptedException | RuntimeException e) {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw e;
    }
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public void close() {
    listening.close().awaitUninterruptibly();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
  }
}
