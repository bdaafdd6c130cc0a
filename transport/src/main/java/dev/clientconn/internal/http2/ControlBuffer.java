// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Passes commands from other threads to the connection's event loop, in the order they were put.
 * Nothing else of a connection may be touched by other threads.
 *
 * <p>A lock-free stack (Treiber): a put is one compare-and-exchange, and the loop takes the whole
 * stack with one exchange and reverses it. Whoever puts onto an empty stack wakes the loop, so it
 * is woken once however many commands follow. A put from the loop itself during a turn wakes
 * nothing, because the turn looks for commands again before it ends.
 */
@CrossesThreads
final class ControlBuffer implements Runnable {

  /** Something to do on the event loop, which is its own link: one object is put at most once. */
  abstract static class Command {
    private @Nullable Command next;
  }

  /** The largest result of {@link #waitingCommands}. */
  static final int MOST_COUNTED = 100_000;

  private final EventLoop loop;
  private final Runnable turn;
  private final BooleanSupplier inTurn;
  private final AtomicReference<@Nullable Command> newest = new AtomicReference<>();

  /** Loop only: commands that have been taken and not yet applied, oldest first. */
  private @Nullable Command taken;

  /**
   * @param turn runs on the loop when commands are waiting; must call {@link #drain}
   * @param inTurn whether a turn is running; called on the loop
   */
  ControlBuffer(EventLoop loop, Runnable turn, BooleanSupplier inTurn) {
    this.loop = loop;
    this.turn = turn;
    this.inTurn = inTurn;
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
    if (before == null && !(loop.inEventLoop() && inTurn.getAsBoolean())) {
      wakeLoop();
    }
  }

  private void wakeLoop() {
    try {
      loop.execute(this);
    } catch (RejectedExecutionException e) {
      // Loops outlive their connections: no connection is left that the commands could change.
      newest.set(null);
    }
  }

  @Override
  public void run() {
    turn.run();
  }

  /**
   * Returns about how many commands the loop has not taken, at most {@link #MOST_COUNTED}. Any
   * thread: the loop may take the commands meanwhile and reverse their links, so the count may be
   * wrong, and its limit is also what ends the walk.
   */
  int waitingCommands() {
    int count = 0;
    Command command = newest.get();
    while (command != null && count < MOST_COUNTED) {
      count++;
      command = command.next;
    }
    return count;
  }

  /** Whether commands are waiting. Called on the loop. */
  boolean isWaiting() {
    return taken != null || newest.get() != null;
  }

  /**
   * Passes all waiting commands to the consumer, oldest first. Returns whether there were any. If
   * the consumer throws, the commands behind remain for the next drain.
   */
  boolean drain(Consumer<Command> consumer) {
    boolean any = drainTaken(consumer);
    taken = reverse(newest.getAndSet(null));
    return drainTaken(consumer) || any;
  }

  private boolean drainTaken(Consumer<Command> consumer) {
    boolean any = taken != null;
    for (Command oldest = taken; oldest != null; oldest = taken) {
      taken = oldest.next;
      oldest.next = null;
      consumer.accept(oldest);
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
