// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.Channel;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpcio.client.GrpcIoClient;
import io.vertx.grpcio.client.GrpcIoClientChannel;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The gRPC client of Vert.x behind its io.grpc channel, on native epoll as the others are. A call belongs to the event loop
 * that its Vert.x has given to the thread that starts it, whichever loop the connection is on. So each Vert.x here has one
 * loop, and channels take turns on as many of them as one Vert.x would have loops. Callbacks run on the loop.
 */
@CrossesThreads
final class VertxChannels implements ChannelFactory {

  private final @Nullable Vertx[] loops = new Vertx[VertxOptions.DEFAULT_EVENT_LOOP_POOL_SIZE];
  private final AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
  private int next;

  @Override
  public String name() {
    return "vertx";
  }

  /**
   * On an executor of many threads it would not run a call's callbacks one after the other; and it sends no headers before
   * the first message, so a stream on which nothing happens is not open. Its streams under the second blocking stub stay
   * without an answer.
   */
  @Override
  public boolean supports(Workload workload) {
    return !workload.network().encrypted()
        && workload.mode().callbacks() != StubMode.Callbacks.VIRTUAL
        && (workload.mode() != StubMode.BLOCKING_V2 || workload.kind() == CallKind.UNARY)
        && workload.network().idleStreams() == 0
        && workload.run() != RunKind.STREAM_MEMORY;
  }

  @Override
  public OpenChannel open(InetSocketAddress server, Workload workload, ChannelOptions options) {
    GrpcIoClient client = GrpcIoClient.client(
        nextLoop(), new GrpcClientOptions().setMaxMessageSize(Integer.MAX_VALUE));
    return new VertxChannel(
        new GrpcIoClientChannel(client, SocketAddress.inetSocketAddress(server)), client, thrown);
  }

  private synchronized Vertx nextLoop() {
    int index = next;
    next = (index + 1) % loops.length;
    Vertx vertx = loops[index];
    if (vertx == null) {
      vertx =
          Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
      vertx.exceptionHandler(thrown::set);
      loops[index] = vertx;
    }
    return vertx;
  }

  /** What a callback throws ends no call here, as it would elsewhere; so the end of the channel tells of it. */
  private record VertxChannel(
      Channel channel, GrpcIoClient client, AtomicReference<@Nullable Throwable> thrown)
      implements OpenChannel {

    @Override
    public void close() {
      client
          .close()
          .toCompletionStage()
          .toCompletableFuture()
          .orTimeout(10, TimeUnit.SECONDS)
          .join();
      @Nullable Throwable failure = thrown.getAndSet(null);
      if (failure != null) {
        throw new IllegalStateException("a call did not end OK: its callback threw", failure);
      }
    }
  }
}
