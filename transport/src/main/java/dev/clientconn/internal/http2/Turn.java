// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.http2.ControlBuffer.Command;
import dev.clientconn.internal.http2.connect.NettyDialer;
import dev.clientconn.internal.http2.frame.Framer;
import io.netty.channel.EventLoop;
import java.util.function.Consumer;

/**
 * Ends every turn of the event loop in the same way, whatever began it (a read, a command, a
 * timer): delivers pending events to the calls, applies queued commands, closes a connection that
 * drains and has no stream left, frames DATA, and sends everything with one write and one flush.
 *
 * <p>Whatever is thrown during a turn fails the connection, because no call may wait for a turn
 * that did half of its work. What one call throws while it takes its events is logged instead, and
 * that call ends with INTERNAL.
 */
@EventLoopConfined
final class Turn {

  /** Bytes that are framed at least before the socket is asked whether it accepts more. */
  static final int MIN_WRITE = 128 * 1024;

  /**
   * Bytes that are framed at most, so that the loop returns to reading soon. Few large writes let
   * the peer sleep less between them, so that it is woken less often.
   */
  static final int MAX_WRITE = NettyDialer.HIGH_WATER_MARK;

  /**
   * A call that fails and starts anew inside its callback must not keep the loop from other work.
   */
  private static final int MAX_ROUNDS = 64;

  private final EventLoop loop;
  private final Http2Client client;
  private final Consumer<Command> applier;
  private final LoopyWriter loopy;
  private final Framer framer;
  private final SocketWriter socket;
  private final PendingDeliveries deliveries;
  private final StreamWaits waits;
  private final ControlBuffer controlBuffer;
  private boolean running;
  private boolean moreToSend;
  /**
   * Doubles while the socket accepts everything at once. Where it does not, what is framed ahead
   * would only delay the next call's frames.
   */
  private int writeLimit = MIN_WRITE;

  Turn(
      EventLoop loop,
      Http2Client client,
      LoopyWriter loopy,
      Framer framer,
      SocketWriter socket,
      PendingDeliveries deliveries,
      StreamWaits waits) {
    this.loop = loop;
    this.client = client;
    this.applier = client::apply;
    this.loopy = loopy;
    this.framer = framer;
    this.socket = socket;
    this.deliveries = deliveries;
    this.waits = waits;
    this.controlBuffer = new ControlBuffer(loop, this::end, () -> running);
  }

  ControlBuffer controlBuffer() {
    return controlBuffer;
  }

  /** Runs a turn that begins with {@code work}. */
  void run(Runnable work) {
    try {
      work.run();
    } catch (Throwable thrown) {
      client.failed(thrown);
    }
    end();
  }

  /**
   * Ends the turn. Does nothing when called from within itself: the outer call continues until
   * nothing is pending. No begin() pairs with it, because only this method holds back the wake-ups
   * of the loop, while it runs.
   */
  void end() {
    if (running) {
      return;
    }
    running = true;
    boolean again = false;
    try {
      deliverAndApply();
      client.checkStreams();
      send();
      again = moreToSend;
    } catch (Throwable thrown) {
      client.failed(thrown);
    } finally {
      running = false;
      waits.endTurn();
    }
    if (again || controlBuffer.isWaiting() || deliveries.isWaiting()) {
      // Another turn, behind the loop's other tasks. For example for calls that have become ready
      // to write because their bytes have just been framed.
      loop.execute(controlBuffer);
    }
  }

  /**
   * Delivers events to calls and applies the commands that these put, until there is neither: a
   * direct executor's response to a response thus leaves in the same write.
   */
  private void deliverAndApply() {
    boolean more = true;
    for (int round = 0; more && round < MAX_ROUNDS; round++) {
      deliveries.deliver();
      more = controlBuffer.drain(applier);
    }
  }

  private void send() {
    if (socket.isWritable()) {
      loopy.write(framer, writeLimit);
    }
    boolean full = framer.bufferedBytes() >= writeLimit;
    if (!socket.canWrite() || socket.isWritable()) {
      // Otherwise the frames stay in one buffer: a turn begins when the socket becomes writable.
      socket.flush();
    }
    // Asked after the flush: a socket that becomes writable during it calls end(), which does
    // nothing from within itself.
    boolean writable = socket.isWritable();
    moreToSend = writable && (loopy.hasWork() || framer.bufferedBytes() > 0);
    if (!writable) {
      writeLimit = MIN_WRITE;
    } else if (full) {
      writeLimit = Math.min(2 * writeLimit, MAX_WRITE);
    }
    client.publish();
    loopy.settle();
  }
}
