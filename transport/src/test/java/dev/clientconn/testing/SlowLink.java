// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.testing;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * Forwards plaintext HTTP/2 connections to a server, and delays what the server sends.
 *
 * <p>Its time is in ticks, of a millisecond or more: what arrives is forwarded so many ticks later,
 * and so many bytes a tick. So what the link holds at full speed is a number of bytes that does not
 * depend on the machine.
 */
public final class SlowLink implements AutoCloseable {

  private static final int PREFACE = 24;
  private static final int FRAME_HEADER = 9;
  private static final int SETTINGS = 4;
  private static final int INITIAL_WINDOW_SIZE = 4;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final List<Delay> delays = new CopyOnWriteArrayList<>();
  private final Channel listener;
  private final InetSocketAddress server;
  private final int latencyTicks;
  private final int bytesPerTick;
  private volatile int streamWindow = 65_535;
  private volatile int mostHeld;

  public SlowLink(int serverPort, int latencyTicks, int bytesPerTick) {
    this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort);
    this.latencyTicks = latencyTicks;
    this.bytesPerTick = bytesPerTick;
    listener = new ServerBootstrap()
        .group(group)
        .channel(NioServerSocketChannel.class)
        .childHandler(new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel client) {
            client.config().setAutoRead(false);
            connect(client);
          }
        })
        .bind(InetAddress.getLoopbackAddress(), 0)
        .syncUninterruptibly()
        .channel();
  }

  private void connect(Channel client) {
    Channel upstream = new Bootstrap()
        .group(client.eventLoop())
        .channel(NioSocketChannel.class)
        .handler(new Delay(client))
        .connect(server)
        .addListener(connected -> client.config().setAutoRead(true))
        .channel();
    client.pipeline().addLast(new Frames(), new Forward(upstream));
  }

  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** Bytes that are on the way at full speed: the bandwidth-delay product. */
  public int capacity() {
    return latencyTicks * bytesPerTick;
  }

  /** The SETTINGS_INITIAL_WINDOW_SIZE that a client sent last. */
  public int streamWindow() {
    return streamWindow;
  }

  /** The most bytes of the server that a connection held at a time. */
  public int mostHeld() {
    return mostHeld;
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    delays.forEach(Delay::release);
  }

  /** Cuts the client's bytes into the preface and frames, and reads SETTINGS. */
  private final class Frames extends ByteToMessageDecoder {
    private boolean prefaceRead;

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
      int length = PREFACE;
      if (prefaceRead) {
        if (in.readableBytes() < FRAME_HEADER) {
          return;
        }
        length = FRAME_HEADER + in.getUnsignedMedium(in.readerIndex());
      }
      if (in.readableBytes() >= length) {
        if (prefaceRead && in.getByte(in.readerIndex() + 3) == SETTINGS) {
          readSettings(in.slice(in.readerIndex() + FRAME_HEADER, length - FRAME_HEADER));
        }
        prefaceRead = true;
        out.add(in.readRetainedSlice(length));
      }
    }

    private void readSettings(ByteBuf settings) {
      while (settings.isReadable()) {
        int id = settings.readUnsignedShort();
        int value = settings.readInt();
        if (id == INITIAL_WINDOW_SIZE) {
          streamWindow = value;
        }
      }
    }
  }

  /** Passes the client's bytes on at once. */
  private static final class Forward extends ChannelInboundHandlerAdapter {
    private final Channel to;

    Forward(Channel to) {
      this.to = to;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      to.writeAndFlush(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      to.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  /** Passes the server's bytes on later. */
  private final class Delay extends ChannelInboundHandlerAdapter {
    private final Channel to;
    private final Queue<Late> held = new ArrayDeque<>();
    private int heldBytes;
    private long now;

    Delay(Channel to) {
      this.to = to;
      delays.add(this);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      var ticks = ctx.executor().scheduleWithFixedDelay(this::tick, 1, 1, TimeUnit.MILLISECONDS);
      ctx.channel().closeFuture().addListener(closed -> ticks.cancel(false));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      held.add(new Late(now + latencyTicks, bytes));
      heldBytes += bytes.readableBytes();
      mostHeld = Math.max(mostHeld, heldBytes);
    }

    private void tick() {
      now++;
      int budget = bytesPerTick;
      for (Late head = held.peek();
          head != null && head.due <= now && budget > 0;
          head = held.peek()) {
        int part = Math.min(budget, head.bytes.readableBytes());
        to.write(head.bytes.readRetainedSlice(part));
        budget -= part;
        heldBytes -= part;
        if (!head.bytes.isReadable()) {
          held.remove();
          head.bytes.release();
        }
      }
      to.flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      to.close();
    }

    /** Releases what was not forwarded, once the event loop has ended. */
    private void release() {
      held.forEach(late -> late.bytes.release());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  private record Late(long due, ByteBuf bytes) {}
}
