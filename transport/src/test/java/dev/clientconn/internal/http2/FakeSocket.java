// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.testing.ManualLoop;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.DefaultChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Implements a channel whose other end is the test. It is registered with the test's {@link
 * ManualLoop}, so that its events come in the order of real sockets: at its end the close future
 * first, and {@code channelInactive} in a later task. Can be clogged, so that written bytes stay on
 * this side.
 */
final class FakeSocket extends AbstractChannel implements DuplexChannel {

  private static final ChannelMetadata METADATA = new ChannelMetadata(false);
  private static final SocketAddress ADDRESS = InetSocketAddress.createUnresolved("fake", 1);

  private final ChannelConfig config = new DefaultChannelConfig(this);
  private final Queue<ByteBuf> outbound = new ArrayDeque<>();
  private final List<Throwable> unhandled = new ArrayList<>();
  private boolean connected;
  private boolean closed;
  private boolean outputShutdown;
  private boolean clogged;
  private int writes;
  private long accepted = Long.MAX_VALUE;
  private boolean failsWhenFull;
  private long taken;

  FakeSocket() {
    super(null);
  }

  /** Gives it a loop. It is not connected. */
  FakeSocket registerTo(EventLoop loop) {
    loop.register(this).syncUninterruptibly();
    return this;
  }

  /** Its connection is established, as far as it is registered. */
  void connected() {
    connected = true;
    pipeline().fireChannelActive();
  }

  /** Is registered, and only then connects, as sockets do. */
  void connectNow(EventLoop loop, ChannelHandler handler) {
    pipeline().addLast(handler);
    registerTo(loop);
    connected();
  }

  /** Is connected before it is registered, as a socket that a server accepted is. */
  void registerConnected(EventLoop loop, ChannelHandler handler) {
    connected = true;
    pipeline().addLast(handler);
    registerTo(loop);
  }

  void clog() {
    clogged = true;
  }

  void unclog() {
    clogged = false;
    unsafe().flush();
  }

  /** Has room again, but has not said so yet: the next flush finds out. */
  void unclogUnnoticed() {
    clogged = false;
  }

  /** Takes so many bytes; then it breaks, or takes no more. */
  void accepts(long bytes, boolean thenFails) {
    accepted = bytes;
    failsWhenFull = thenFails;
  }

  /** How many bytes it has taken in all. */
  long taken() {
    return taken;
  }

  /** How many buffers have been written since the last call. */
  int takeWrites() {
    int count = writes;
    writes = 0;
    return count;
  }

  /**
   * Bytes that were written to it and that it has not taken, and Netty's allowance for each buffer.
   */
  long pendingBytes() {
    ChannelOutboundBuffer buffer = unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes();
  }

  void receive(ByteBuf bytes) {
    if (!isOpen()) {
      bytes.release();
      return;
    }
    pipeline().fireChannelRead(bytes);
    pipeline().fireChannelReadComplete();
  }

  /** Reading fails: the pipeline gets the cause, then the channel is closed. */
  void breaks(Throwable cause) {
    pipeline().fireExceptionCaught(cause);
    close();
  }

  @Nullable
  ByteBuf readOutbound() {
    return outbound.poll();
  }

  void releaseOutbound() {
    for (ByteBuf part = outbound.poll(); part != null; part = outbound.poll()) {
      part.release();
    }
  }

  /** What reached the end of the pipeline unhandled. */
  List<Throwable> unhandled() {
    return unhandled;
  }

  @Override
  protected void doWrite(ChannelOutboundBuffer in) throws Exception {
    while (!clogged && in.current() instanceof ByteBuf buf) {
      int whole = buf.readableBytes();
      int length = (int) Math.min(whole, accepted - taken);
      if (length > 0) {
        taken += length;
        writes++;
        outbound.add(buf.readRetainedSlice(length));
      }
      if (length == whole) {
        in.remove();
      } else if (failsWhenFull) {
        throw new IOException("Broken pipe");
      } else {
        clogged = true;
      }
    }
  }

  @Override
  protected AbstractUnsafe newUnsafe() {
    return new AbstractUnsafe() {
      @Override
      public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
        promise.setFailure(new UnsupportedOperationException());
      }
    };
  }

  @Override
  protected DefaultChannelPipeline newChannelPipeline() {
    return new DefaultChannelPipeline(this) {
      @Override
      protected void onUnhandledInboundException(Throwable cause) {
        unhandled.add(cause);
      }
    };
  }

  @Override
  protected boolean isCompatible(EventLoop loop) {
    return loop instanceof ManualLoop;
  }

  @Override
  protected void doClose() {
    closed = true;
  }

  // Half-closing, by which Netty answers a write that has failed

  @Override
  protected void doShutdownOutput() {
    outputShutdown = true;
  }

  @Override
  public boolean isOutputShutdown() {
    return outputShutdown;
  }

  @Override
  public boolean isInputShutdown() {
    return closed;
  }

  @Override
  public boolean isShutdown() {
    return isInputShutdown() && isOutputShutdown();
  }

  @Override
  public ChannelFuture shutdownOutput() {
    return shutdownOutput(newPromise());
  }

  @Override
  public ChannelFuture shutdownOutput(ChannelPromise promise) {
    ((AbstractUnsafe) unsafe()).shutdownOutput(promise);
    return promise;
  }

  @Override
  public ChannelFuture shutdownInput() {
    return shutdownInput(newPromise());
  }

  @Override
  public ChannelFuture shutdownInput(ChannelPromise promise) {
    return close(promise);
  }

  @Override
  public ChannelFuture shutdown() {
    return close();
  }

  @Override
  public ChannelFuture shutdown(ChannelPromise promise) {
    return close(promise);
  }

  @Override
  protected void doDisconnect() {
    doClose();
  }

  @Override
  protected void doBind(SocketAddress localAddress) throws Exception {
    throw new ClosedChannelException();
  }

  @Override
  protected void doBeginRead() {
    // The test decides when something arrives.
  }

  @Override
  protected SocketAddress localAddress0() {
    return ADDRESS;
  }

  @Override
  protected SocketAddress remoteAddress0() {
    return ADDRESS;
  }

  @Override
  public ChannelConfig config() {
    return config;
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public boolean isActive() {
    return connected && !closed;
  }

  @Override
  public ChannelMetadata metadata() {
    return METADATA;
  }
}
