// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;

/** The connection's channel. Can be clogged, so that what is written stays with this side. */
final class FakeSocket extends EmbeddedChannel {

  private boolean down;
  private boolean clogged;
  private int writes;
  private long accepted = Long.MAX_VALUE;
  private boolean failsWhenFull;
  private long taken;

  FakeSocket() {
    super(false, false);
  }

  /** A channel that a dialer can hand over. */
  static FakeSocket registered() {
    FakeSocket socket = new FakeSocket();
    socket.registerNow();
    return socket;
  }

  /** Has a loop and a pipeline, but no connection yet. */
  static FakeSocket connecting(ChannelHandler handler) {
    FakeSocket socket = new FakeSocket();
    socket.down = true;
    socket.pipeline().addLast(handler);
    socket.registerNow();
    return socket;
  }

  @Override
  public boolean isActive() {
    return !down && super.isActive();
  }

  void registerNow() {
    try {
      register();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** The connection of a channel that was {@link #connecting} is there. */
  void connected() {
    down = false;
    pipeline().fireChannelActive();
  }

  /** Is registered, and only then connects, as sockets do. */
  void connectNow() {
    down = true;
    registerNow();
    connected();
  }

  void clog() {
    clogged = true;
  }

  void unclog() {
    clogged = false;
    unsafe().flush();
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
    int taken = writes;
    writes = 0;
    return taken;
  }

  void receive(ByteBuf bytes) {
    if (!isOpen()) {
      bytes.release();
      return;
    }
    pipeline().fireChannelRead(bytes);
    pipeline().fireChannelReadComplete();
  }

  @Override
  protected void doWrite(ChannelOutboundBuffer in) throws Exception {
    while (!clogged && in.current() instanceof ByteBuf buf) {
      int whole = buf.readableBytes();
      int length = (int) Math.min(whole, accepted - taken);
      if (length > 0) {
        taken += length;
        handleOutboundMessage(buf.readRetainedSlice(length));
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
  protected void handleOutboundMessage(Object msg) {
    writes++;
    super.handleOutboundMessage(msg);
  }
}
