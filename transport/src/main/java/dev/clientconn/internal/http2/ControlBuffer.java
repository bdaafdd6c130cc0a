// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.threading.CrossesThreads;
import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The only way into a connection for other threads. Commands are put by any thread and applied by the event loop in the
 * order they were put; however many are waiting, the loop is woken once.
 */
@CrossesThreads
final class ControlBuffer implements Runnable {

  /** Something to do on the event loop; one object is put at most once. */
  abstract static class Command {
    private @Nullable Command next;

    /** Runs on the event loop. */
    abstract void apply(Http2Client client);
  }

  private final EventLoop loop;
  private final Runnable turn;
  private final AtomicReference<@Nullable Command> newest = new AtomicReference<>();

  /** Read and written on the loop only: whether a turn is running, which will drain before it ends. */
  private boolean inTurn;

  /**
   * @param turn runs on the loop when commands are waiting; must call {@link #drain}
   */
  ControlBuffer(EventLoop loop, Runnable turn) {
    this.loop = loop;
    this.turn = turn;
  }

  void put(Command command) {
    Command before = newest.get();
    while (true) {
      command.next = before;
      Command seen = newest.compareAndExchange(before, command);
      if (seen == before) {
        break;
      }
      before = seen;
    }
    if (before == null && !(loop.inEventLoop() && inTurn)) {
      wakeLoop();
    }
  }

  private void wakeLoop() {
    try {
      loop.execute(this);
    } catch (RejectedExecutionException e) {
      // Loops outlive their connections, so there is nothing left that the commands could change.
      newest.set(null);
    }
  }

  @Override
  public void run() {
    turn.run();
  }

  /** Whether commands are waiting. */
  boolean isWaiting() {
    return newest.get() != null;
  }

  void beginTurn() {
    inTurn = true;
  }

  void endTurn() {
    inTurn = false;
  }

  /** Gives all waiting commands to the consumer, oldest first. Returns whether there were any. */
  boolean drain(Consumer<Command> consumer) {
    Command oldest = reverse(newest.getAndSet(null));
    boolean any = oldest != null;
    while (oldest != null) {
      Command following = oldest.next;
      oldest.next = null;
      consumer.accept(oldest);
      oldest = following;
    }
    return any;
  }

  private static @Nullable Command reverse(@Nullable Command newest) {
    Command reversed = null;
    Command rest = newest;
    while (rest != null) {
      Command following = rest.next;
      rest.next = reversed;
      reversed = rest;
      rest = following;
    }
    return reversed;
  }
}
