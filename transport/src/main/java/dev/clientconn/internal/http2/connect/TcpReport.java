// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.transport.TcpInfo;
import dev.clientconn.internal.transport.TransportObserver;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reports the TCP connection of a channel to its observer (gRFC A80): its start, its end and, where
 * Netty's epoll transport gives access to them, the kernel's figures of it, every five minutes and
 * before the socket is closed.
 */
@EventLoopConfined
public final class TcpReport extends ChannelDuplexHandler {
  private static final Duration INTERVAL = Duration.ofMinutes(5);
  /** gRFC A80: the first interval is 10 to 110 % of it, so that a restart spreads over time. */
  private static final double FIRST_LEAST = 0.1;

  private static final double NEXT_LEAST = 0.9;
  private static final double NEXT_SPREAD = 0.2;

  private final TransportObserver observer;
  private final Duration interval;
  private final DoubleSupplier random;
  private boolean connected;
  /** Absent where the dialer's channel has none. */
  private @Nullable SocketAddress local;

  private @Nullable SocketAddress peer;
  private TcpInfo reported = TcpInfo.NONE;
  private boolean ending;
  private @Nullable ScheduledFuture<?> timer;

  /**
   * @param random numbers in [0, 1)
   */
  TcpReport(TransportObserver observer, Duration interval, DoubleSupplier random) {
    this.observer = observer;
    this.interval = interval;
    this.random = random;
  }

  /** Adds one to a new channel if it is TCP's and its observer measures that. */
  public static void addTo(Channel channel, TransportObserver observer) {
    if (observer.measuresTcp() && channel instanceof SocketChannel) {
      channel
          .pipeline()
          .addLast(
              "tcp",
              new TcpReport(
                  observer, INTERVAL, () -> ThreadLocalRandom.current().nextDouble()));
    }
  }

  /** A dialer may connect before it registers the channel. */
  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (ctx.channel().isActive()) {
      connected(ctx);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    connected(ctx);
    ctx.fireChannelActive();
  }

  private void connected(ChannelHandlerContext ctx) {
    if (!connected) {
      connected = true;
      local = ctx.channel().localAddress();
      peer = ctx.channel().remoteAddress();
      observer.tcpConnected(local, peer);
      // Not channelInactive, which comes after the channel's owner may have terminated: who reads
      // the metrics then must find the end among them.
      ctx.channel().closeFuture().addListener(f -> ended());
      if (ctx.channel() instanceof EpollSocketChannel) {
        scheduleReport(ctx, FIRST_LEAST + random.getAsDouble());
      }
    }
  }

  private void scheduleReport(ChannelHandlerContext ctx, double intervals) {
    long nanos = (long) (interval.toNanos() * intervals);
    timer = ctx.executor().schedule(() -> reportAgain(ctx), nanos, TimeUnit.NANOSECONDS);
  }

  private void reportAgain(ChannelHandlerContext ctx) {
    report(ctx, false);
    scheduleReport(ctx, NEXT_LEAST + NEXT_SPREAD * random.getAsDouble());
  }

  private void report(ChannelHandlerContext ctx, boolean last) {
    if (!connected || ending) {
      return;
    }
    ending = last;
    if (ctx.channel() instanceof EpollSocketChannel channel) {
      TcpInfo figures = TcpFigures.of(channel);
      if (figures != null) {
        observer.tcpMeasured(local, peer, figures.since(reported), last);
        reported = figures;
      }
    }
  }

  // The kernel has no figures of a socket that is closed. Netty closes it within these events.

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    report(ctx, true);
    ctx.close(promise);
  }

  /** The end of what the peer sends is the only read that has less than no bytes. */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (ctx.channel().unsafe().recvBufAllocHandle().lastBytesRead() < 0) {
      report(ctx, true);
    }
    ctx.fireChannelReadComplete();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    report(ctx, true);
    ctx.fireExceptionCaught(cause);
  }

  private void ended() {
    ScheduledFuture<?> next = timer;
    if (next != null) {
      next.cancel(false);
    }
    observer.tcpEnded(local, peer);
  }
}
