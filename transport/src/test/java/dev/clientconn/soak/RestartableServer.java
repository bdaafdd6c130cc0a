// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.soak;

import dev.clientconn.testing.EchoServers;
import dev.clientconn.testing.ReservedPort;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * grpc-java's server, which can be restarted on its port: gracefully, or as if its process were
 * killed. It responds after a while, so that there are calls in flight at any time.
 */
final class RestartableServer {
  private static final long RESPONSE_MILLIS = 20;

  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Set<Channel> channels = ConcurrentHashMap.newKeySet();
  private final AtomicInteger served = new AtomicInteger();
  /** Stays reserved while the server is down. */
  private final ReservedPort port = new ReservedPort();

  private Server server;

  RestartableServer() throws IOException {
    server = start();
  }

  int port() {
    return port.number();
  }

  /** How many connections it has accepted since the last kill. */
  int connections() {
    return channels.size() - 1;
  }

  private Server start() throws IOException {
    served.set(0);
    return NettyServerBuilder.forPort(port.number())
        .bossEventLoopGroup(loop)
        .workerEventLoopGroup(loop)
        .channelFactory(RecordingChannel::new)
        .addService(ServerServiceDefinition.builder("test.Echo")
            .addMethod(EchoServers.METHOD, ServerCalls.asyncUnaryCall((request, observer) -> {
              served.incrementAndGet();
              loop.schedule(
                  () -> {
                    observer.onNext(request);
                    observer.onCompleted();
                  },
                  RESPONSE_MILLIS,
                  TimeUnit.MILLISECONDS);
            }))
            .build())
        .build()
        .start();
  }

  /** Sends GOAWAY, finishes the calls, and starts again. */
  void restart(long downMillis) throws Exception {
    server.shutdown().awaitTermination();
    Thread.sleep(downMillis);
    startAgain();
  }

  /** Closes all sockets at once, without a frame, and starts again. */
  void kill(long downMillis) throws Exception {
    loop.submit(() -> channels.forEach(channel -> channel.unsafe().closeForcibly()))
        .get();
    server.shutdownNow().awaitTermination();
    channels.clear();
    Thread.sleep(downMillis);
    startAgain();
  }

  private void startAgain() throws Exception {
    for (; ; ) {
      try {
        server = start();
        return;
      } catch (IOException e) {
        // The port is not free yet.
        Thread.sleep(1);
      }
    }
  }

  /** Waits until the server takes part again, as a rolling restart does before it goes on. */
  void awaitCalls() throws InterruptedException {
    while (served.get() < 5) {
      Thread.sleep(5);
    }
  }

  void stop() throws Exception {
    server.shutdownNow().awaitTermination();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
    port.close();
  }

  /** Remembers its own sockets and those that it accepts. */
  private final class RecordingChannel extends NioServerSocketChannel {
    RecordingChannel() {
      channels.add(this);
    }

    @Override
    protected int doReadMessages(List<Object> accepted) throws Exception {
      int read = super.doReadMessages(accepted);
      accepted.forEach(channel -> channels.add((Channel) channel));
      return read;
    }
  }
}
