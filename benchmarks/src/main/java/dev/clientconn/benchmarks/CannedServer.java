// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A server that gives every call at a port the same pre-encoded answer and does no more HTTP/2 than
 * a client can tell, so that the client is what is measured. HTTP/2 with prior knowledge or by
 * ALPN; it decodes no header block, so it takes any method. One event loop serves all ports.
 */
final class CannedServer implements BenchmarkServer {

  private final EventLoopGroup loops = EventLoops.newGroup(1);
  private final List<Channel> listening = new ArrayList<>();

  private CannedServer() {}

  static CannedServer start(ResponseShape shape) throws InterruptedException, SSLException {
    return start(List.of(ServerSetting.of(shape)), null);
  }

  static CannedServer start(List<ServerSetting> settings, @Nullable ServerCertificate certificate)
      throws InterruptedException, SSLException {
    CannedServer server = new CannedServer();
    try {
      SslContext tls = certificate == null ? null : certificate.context();
      for (ServerSetting setting : settings) {
        if (setting.tls() && tls == null) {
          throw ServerCertificate.missing(setting);
        }
        server.listen(setting, setting.tls() ? tls : null);
      }
      return server;
    } catch (InterruptedException | SSLException | RuntimeException e) {
      server.loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw e;
    }
  }

  @Override
  public List<Integer> ports() {
    return listening.stream()
        .map(channel -> ((InetSocketAddress) channel.localAddress()).getPort())
        .toList();
  }

  @Override
  public void close() {
    listening.forEach(channel -> channel.close().awaitUninterruptibly());
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
  }

  private void listen(ServerSetting setting, @Nullable SslContext tls) throws InterruptedException {
    CannedResponse response = new CannedResponse(setting);
    listening.add(new ServerBootstrap()
        .group(loops)
        .channel(EventLoops.serverChannel())
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel channel) {
            if (setting.rttMillis() > 0) {
              channel.pipeline().addLast(new DelayHandler(setting.rttMillis()));
            }
            if (tls != null) {
              channel.pipeline().addLast(tls.newHandler(channel.alloc()));
            }
            channel.pipeline().addLast(new CannedConnection(setting, response));
          }
        })
        .bind(InetAddress.getLoopbackAddress(), 0)
        .sync()
        .channel());
  }
}
