// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.http2.ControlBuffer.Command;
import dev.clientconn.internal.threading.EventLoopConfined;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One turn of the loop, whatever began it: a read, a command, a timer. It ends the same way each time: calls hear their
 * news, commands that came meanwhile are applied, and everything there is to send leaves in one write and one flush.
 */
@EventLoopConfined
final class Turn {

  /** What the end of a turn does to the connection. */
  interface Connection {
    void apply(Command command);

    /** Frames DATA until so many bytes are buffered. Returns whether there is more. */
    boolean writeData(int bufferLimit);

    /** Shows others the connection's numbers. */
    void publish();
  }

  /** Bytes that are sent at least before the socket is asked whether it takes more. */
  static final int MIN_WRITE = 128 * 1024;

  /** Little enough to get back to reading. Few large writes let the peer sleep less between them, and so wake it less. */
  static final int MAX_WRITE = 1024 * 1024;

  /** Calls that fail and start anew inside their callbacks must not keep the loop from its other work. */
  private static final int MAX_ROUNDS = 64;

  private final EventLoop loop;
  private final Connection connection;
  private final Consumer<Command> applier;
  private final Framer framer;
  private final Batch batch;
  private final ControlBuffer control;
  private @Nullable ChannelHandlerContext ctx;
  private boolean ending;
  private boolean moreData;
  /**
   * Grows while the socket takes everything at once. Where it does not, what is framed ahead would only stand between
   * the socket and the next call.
   */
  private int writeLimit = MIN_WRITE;

  Turn(EventLoop loop, Connection connection, Framer framer, Batch batch) {
    this.loop = loop;
    this.connection = connection;
    this.applier = connection::apply;
    this.framer = framer;
    this.batch = batch;
    this.control = new ControlBuffer(loop, this::end);
  }

  ControlBuffer control() {
    return control;
  }

  void connected(ChannelHandlerContext context) {
    ctx = context;
  }

  void disconnected() {
    ctx = null;
  }

  boolean isSocketWritable() {
    return ctx != null && ctx.channel().isWritable();
  }

  /** Commands put on the loop from now on wait for {@link #end} instead of waking it. */
  void begin() {
    control.beginTurn();
  }

  /** Does nothing inside itself: the outer one goes on until all is done. */
  void end() {
    if (ending) {
      return;
    }
    ending = true;
    try {
      settle();
      send();
    } finally {
      // Also after a defect, or the connection would stand still for ever.
      ending = false;
      control.endTurn();
    }
    if (moreData || control.isWaiting() || batch.isWaiting()) {
      // Among others, calls that may write again now that their bytes are on their way.
      loop.execute(control);
    }
  }

  /** Tells calls their news and applies what they ask for, until there is neither. */
  private void settle() {
    control.beginTurn();
    boolean more = true;
    for (int round = 0; more && round < MAX_ROUNDS; round++) {
      batch.deliver();
      more = control.drain(applier);
    }
    batch.deliver();
    control.endTurn();
  }

  private void send() {
    moreData = isSocketWritable() && connection.writeData(writeLimit);
    boolean full = framer.buffered() >= writeLimit;
    flush();
    if (!isSocketWritable()) {
      moreData = false;
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
      ByteBuf next = framer.take();
      if (ctx == null) {
        part.release();
      } else if (next == null) {
        ctx.writeAndFlush(part, ctx.voidPromise());
      } else {
        ctx.write(part, ctx.voidPromise());
      }
      part = next;
    }
  }
}
