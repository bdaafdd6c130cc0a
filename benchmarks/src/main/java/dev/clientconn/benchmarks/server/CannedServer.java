// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.server;

import dev.clientconn.benchmarks.frame.SocketTypes;
import dev.clientconn.benchmarks.workload.Workload;
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
 * Sends the same pre-encoded response to every call at a port and implements only the HTTP/2 that a
 * client can observe, so that the client dominates what is measured. It speaks HTTP/2 with prior
 * knowledge or by ALPN and decodes no header block, so it accepts any method. One event loop serves
 * all ports.
 */
final class CannedServer implements BenchmarkServer {

  private final EventLoopGroup loops = SocketTypes.newEventLoops(1);
  private final List<Channel> listening = new ArrayList<>();

  private CannedServer() {}

  static CannedServer start(List<Workload> workloads, @Nullable ServerCertificate certificate)
      throws InterruptedException, SSLException {
    CannedServer server = new CannedServer();
    try {
      SslContext tls = certificate == null ? null : certificate.context();
      for (Workload workload : workloads) {
        boolean encrypted = workload.network().encrypted();
        if (encrypted && tls == null) {
          throw ServerCertificate.missing(workload);
        }
        server.listen(workload, encrypted ? tls : null);
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

  private void listen(Workload workload, @Nullable SslContext tls) throws InterruptedException {
    CannedResponse response = new CannedResponse(workload);
    int rttMillis = workload.network().rttMillis();
    listening.add(new ServerBootstrap()
        .group(loops)
        .channel(SocketTypes.serverChannel())
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel channel) {
            if (rttMillis > 0) {
              channel.pipeline().addLast(new DelayHandler(rttMillis));
            }
            if (tls != null) {
              channel.pipeline().addLast(tls.newHandler(channel.alloc()));
            }
            channel.pipeline().addLast(new CannedConnection(workload, response));
          }
        })
        .bind(InetAddress.getLoopbackAddress(), 0)
        .sync()
        .channel());
  }
}
