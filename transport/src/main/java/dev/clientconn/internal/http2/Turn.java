// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.http2.ControlBuffer.Command;
import dev.clientconn.internal.http2.connect.NettyDialer;
import dev.clientconn.internal.http2.frame.Framer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends each turn of the loop, whatever began it (a read, a command, a timer), in the same way: delivers events to the
 * calls, applies the commands that came meanwhile, and sends all there is to send in one write and one flush. There is
 * no begin() to pair with {@link #end}: only end holds back the wake-ups of the loop, while it runs. Whatever is thrown in
 * a turn fails the connection, so that no call waits for a turn that did half of its work; what one call throws when it
 * takes its events is logged, and that call ends with INTERNAL.
 */
@EventLoopConfined
final class Turn {

  /** What the end of a turn does to the connection. */
  interface Connection {
    void apply(Command command);

    /** Frames DATA until so many bytes are buffered. */
    void writeData(int bufferLimit);

    /** Whether {@link #writeData} would frame something. */
    boolean hasData();

    /** Fails the connection for what was thrown. Returns false if it had ended before. */
    boolean failed(Throwable thrown);

    /** Shows others the connection's numbers. */
    void publish();
  }

  /** Bytes that are sent at least before the socket is asked whether it takes more. */
  static final int MIN_WRITE = 128 * 1024;

  /** Little enough to get back to reading. Few large writes let the peer sleep less between them, and so wake it less. */
  static final int MAX_WRITE = NettyDialer.HIGH_WATER_MARK;

  /** Calls that fail and start anew inside their callbacks must not keep the loop from its other work. */
  private static final int MAX_ROUNDS = 64;

  private final EventLoop loop;
  private final Connection connection;
  private final Consumer<Command> applier;
  private final Framer framer;
  private final PendingDeliveries batch;
  private final ControlBuffer control;
  private @Nullable ChannelHandlerContext ctx;
  private boolean running;
  private boolean moreToSend;
  /**
   * Grows while the socket takes everything at once. Where it does not, what is framed ahead would only stand between
   * the socket and the next call.
   */
  private int writeLimit = MIN_WRITE;

  Turn(EventLoop loop, Connection connection, Framer framer, PendingDeliveries batch) {
    this.loop = loop;
    this.connection = connection;
    this.applier = connection::apply;
    this.framer = framer;
    this.batch = batch;
    this.control = new ControlBuffer(loop, this::end, () -> running);
  }

  ControlBuffer control() {
    return control;
  }

  void connected(ChannelHandlerContext context) {
    ctx = context;
  }

  /** Drops what is framed from now on. */
  void stopWriting() {
    ctx = null;
  }

  /** Whether what is framed goes to a socket. */
  boolean canWrite() {
    return ctx != null;
  }

  boolean isSocketWritable() {
    return ctx != null && ctx.channel().isWritable();
  }

  /** A turn that begins with {@code work}. */
  void run(Runnable work) {
    try {
      work.run();
    } catch (Throwable thrown) {
      connection.failed(thrown);
    }
    end();
  }

  /** Does nothing inside itself: the outer one goes on until all is done. */
  void end() {
    if (running) {
      return;
    }
    running = true;
    boolean again;
    try {
      settle();
      send();
      again = moreToSend;
    } catch (Throwable thrown) {
      again = connection.failed(thrown);
    } finally {
      running = false;
    }
    if (again || control.isWaiting() || batch.isWaiting()) {
      // Among others, calls that may write again now that their bytes have been written.
      loop.execute(control);
    }
  }

  /** Delivers events to calls and applies the commands that these put, until there is neither. */
  private void settle() {
    boolean more = true;
    for (int round = 0; more && round < MAX_ROUNDS; round++) {
      batch.deliver();
      more = control.drain(applier);
    }
    batch.deliver();
  }

  private void send() {
    if (isSocketWritable()) {
      connection.writeData(writeLimit);
    }
    boolean full = framer.buffered() >= writeLimit;
    if (!canWrite() || isSocketWritable()) {
      // Else what was framed is held, in one buffer: when the socket becomes writable, a turn
      // begins.
      flush();
    }
    // Asked after the flush: a socket that becomes writable in it calls end, which does nothing
    // inside itself.
    boolean writable = isSocketWritable();
    moreToSend = writable && (connection.hasData() || framer.buffered() > 0);
    if (!writable) {
      writeLimit = MIN_WRITE;
    } else if (full) {
      writeLimit = Math.min(2 * writeLimit, MAX_WRITE);
    }
    connection.publish();
  }

  /** Hands everything that was framed to the socket. */
  void flush() {
    ByteBuf part = framer.take();
    while (part != null) {
      if (ctx == null) {
        part.release();
      } else if (framer.buffered() == 0) {
        ctx.writeAndFlush(trimmed(ctx, part), ctx.voidPromise());
      } else {
        ctx.write(trimmed(ctx, part), ctx.voidPromise());
      }
      part = framer.take();
    }
  }

  /** Where the peer reads slowly or not at all, a few bytes must not hold on to a large buffer. */
  private static ByteBuf trimmed(ChannelHandlerContext ctx, ByteBuf part) {
    int length = part.readableBytes();
    if (length > part.capacity() / 4 || !isBehind(ctx.channel())) {
      return part;
    }
    try {
      return ctx.alloc().directBuffer(length).writeBytes(part);
    } finally {
      part.release();
    }
  }

  /** Whether the socket has not taken all that was written before. */
  private static boolean isBehind(Channel channel) {
    return channel.bytesBeforeUnwritable() < channel.config().getWriteBufferHighWaterMark();
  }
}
