// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.transport.TcpInfo;
import dev.clientconn.internal.transport.TransportObserver;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpReportTest {
  private static final Duration NEVER = Duration.ofDays(1);
  private static final int BYTES = 1000;

  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final BlockingQueue<TcpInfo> figures = new LinkedBlockingQueue<>();
  private final Observer observer = new Observer();
  private ServerSocket server;
  private @Nullable MultiThreadIoEventLoopGroup loops;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    server.close();
    if (loops != null) {
      loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  @Conforms("C165")
  @Test
  void theFiguresAreTakenBeforeThisSideCloses() throws Exception {
    Channel channel = connectByEpoll(NEVER);
    try (Socket peer = server.accept()) {
      send(channel, peer);
      channel.close().syncUninterruptibly();
    }

    assertThatItWasReportedOnce();
  }

  @Conforms("C165")
  @Test
  void theFiguresAreTakenBeforeThePeersCloseIsApplied() throws Exception {
    Channel channel = connectByEpoll(NEVER);
    try (Socket peer = server.accept()) {
      send(channel, peer);
    }
    channel.closeFuture().syncUninterruptibly();

    assertThatItWasReportedOnce();
  }

  @Conforms("C165")
  @Test
  void theFiguresAreTakenBeforeThePeersResetIsApplied() throws Exception {
    Channel channel = connectByEpoll(NEVER);
    try (Socket peer = server.accept()) {
      send(channel, peer);
      peer.setSoLinger(true, 0);
    }
    channel.closeFuture().syncUninterruptibly();

    assertThatItWasReportedOnce();
  }

  private void assertThatItWasReportedOnce() throws InterruptedException {
    assertThat(next()).isEqualTo("connected");
    assertThat(next()).isEqualTo("measured last");
    assertThat(next()).isEqualTo("ended");
    assertThat(events).isEmpty();
    TcpInfo last = figures.remove();
    assertThat(last.packetsSent()).isPositive();
    assertThat(last.bytesSent()).isGreaterThanOrEqualTo(BYTES);
    assertThat(last.minRttMicros()).isPositive();
  }

  @Conforms("C165")
  @Test
  void whileItIsOpenTotalsAreReportedSinceTheLastTime() throws Exception {
    Channel channel = connectByEpoll(Duration.ofMillis(20));
    try (Socket peer = server.accept()) {
      send(channel, peer);
      long sent = 0;
      while (sent < BYTES) {
        sent += nextFigures().bytesSent();
      }
      assertThat(nextFigures().bytesSent()).as("nothing was sent since").isZero();
      channel.close().syncUninterruptibly();
    }

    List<String> all = new ArrayList<>();
    while (!all.contains("ended")) {
      all.add(next());
    }
    assertThat(all).startsWith("connected", "measured").endsWith("measured last", "ended");
  }

  @Test
  void withoutEpollOnlyConnectionsAreCounted() throws Exception {
    loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    Channel channel = connect(NioSocketChannel.class, NEVER);
    AtomicBoolean endedBefore = new AtomicBoolean();
    try (Socket peer = server.accept()) {
      send(channel, peer);
      // As the transport does, whose owner may read the metrics when it has terminated.
      channel.closeFuture().addListener(f -> endedBefore.set(events.contains("ended")));
      channel.close().syncUninterruptibly();
      channel.eventLoop().submit(() -> {}).syncUninterruptibly();
    }

    assertThat(endedBefore).isTrue();
    assertThat(next()).isEqualTo("connected");
    assertThat(next()).isEqualTo("ended");
    assertThat(events).isEmpty();
  }

  @Test
  void anObserverThatMeasuresNothingCostsNoHandler() throws Exception {
    loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    Channel channel = connect(NioSocketChannel.class, NEVER);

    TcpReport.addTo(channel, TransportObserver.NONE);

    assertThat(channel.pipeline().names()).hasSize(2).contains("test");
    channel.close().syncUninterruptibly();
  }

  @Conforms("C165")
  @Test
  void fieldsWithoutAValueAreNone() {
    ByteBuffer struct = ByteBuffer.allocate(220).order(ByteOrder.nativeOrder());
    struct.putInt(148, -1).putLong(160, 5000);
    assertThat(TcpFigures.parse(struct).minRttMicros()).isZero();
    assertThat(TcpFigures.parse(struct).deliveryRate()).isEqualTo(5000);

    struct.put(7, (byte) (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 1 : 128));
    assertThat(TcpFigures.parse(struct).deliveryRate())
        .as("the application limits it")
        .isZero();
  }

  private Channel connectByEpoll(Duration interval) {
    assumeTrue(Epoll.isAvailable());
    loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    return connect(EpollSocketChannel.class, interval);
  }

  private Channel connect(Class<? extends Channel> type, Duration interval) {
    return new Bootstrap()
        .group(loops)
        .channel(type)
        .handler(new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            channel.pipeline().addLast("test", new TcpReport(observer, interval, () -> 0.5));
          }
        })
        .connect(server.getLocalSocketAddress())
        .syncUninterruptibly()
        .channel();
  }

  private static void send(Channel channel, Socket peer) throws IOException {
    channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[BYTES])).syncUninterruptibly();
    assertThat(peer.getInputStream().readNBytes(BYTES)).hasSize(BYTES);
  }

  private String next() throws InterruptedException {
    return String.valueOf(events.poll(60, TimeUnit.SECONDS));
  }

  private TcpInfo nextFigures() throws InterruptedException {
    TcpInfo next = figures.poll(60, TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next;
  }

  private final class Observer implements TransportObserver {
    @Override
    public boolean measuresTcp() {
      return true;
    }

    @Override
    public void tcpConnected(@Nullable SocketAddress local, @Nullable SocketAddress peer) {
      assertThat(peer).isEqualTo(server.getLocalSocketAddress());
      events.add("connected");
    }

    @Override
    public void tcpMeasured(
        @Nullable SocketAddress local,
        @Nullable SocketAddress peer,
        TcpInfo sinceLast,
        boolean last) {
      figures.add(sinceLast);
      events.add(last ? "measured last" : "measured");
    }

    @Override
    public void tcpEnded(@Nullable SocketAddress local, @Nullable SocketAddress peer) {
      events.add("ended");
    }
  }
}
