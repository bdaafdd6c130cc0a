// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.threading.EventLoopConfined;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Deadlines of one connection's streams. Nearly all are disarmed before they pass, so arming and disarming cost two
 * links and no allocation. The loop has one timer, for the earliest deadline armed since it last ran. Fires up to one tick
 * late, never early.
 */
@EventLoopConfined
final class DeadlineWheel implements Runnable {

  /** Something with a deadline: links of a slot's ring. */
  abstract static class Timeout {
    private @Nullable Timeout previous;
    private @Nullable Timeout next;
    private long tick;
  }

  /** 2^22 ns: about 4.2 ms. */
  static final int TICK_SHIFT = 22;

  /** So late that nothing overflows one tick later. */
  private static final long LATEST = Long.MAX_VALUE - (2L << TICK_SHIFT);

  private static final int SLOTS = 512;

  private final EventLoop loop;
  private final Consumer<List<Timeout>> onExpired;
  private final @Nullable Slot[] slots = new Slot[SLOTS];
  private long timerTick = Long.MAX_VALUE;
  private @Nullable ScheduledFuture<?> timer;

  DeadlineWheel(EventLoop loop, Consumer<List<Timeout>> onExpired) {
    this.loop = loop;
    this.onExpired = onExpired;
  }

  void arm(Timeout timeout, long delayNanos) {
    long now = now();
    long at = now + Math.max(0, Math.min(delayNanos, LATEST - Math.max(0, now)));
    timeout.tick = (at >> TICK_SHIFT) + 1;
    slotOf(timeout.tick).link(timeout);
    if (timeout.tick < timerTick) {
      schedule(timeout.tick);
    }
  }

  void disarm(Timeout timeout) {
    unlink(timeout);
  }

  /** Forgets everything that is armed. */
  void close() {
    cancelTimer();
    Arrays.fill(slots, null);
  }

  @Override
  public void run() {
    timer = null;
    timerTick = Long.MAX_VALUE;
    long nowTick = now() >> TICK_SHIFT;
    List<Timeout> expired = new ArrayList<>();
    long earliest = Long.MAX_VALUE;
    for (Slot slot : slots) {
      if (slot != null) {
        earliest = Math.min(earliest, slot.collect(nowTick, expired));
      }
    }
    if (earliest != Long.MAX_VALUE) {
      schedule(earliest);
    }
    onExpired.accept(expired);
  }

  private void schedule(long tick) {
    cancelTimer();
    timerTick = tick;
    timer = loop.schedule(this, Math.max(0, (tick << TICK_SHIFT) - now()), TimeUnit.NANOSECONDS);
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
    timerTick = Long.MAX_VALUE;
  }

  private long now() {
    return loop.ticker().nanoTime();
  }

  private Slot slotOf(long tick) {
    int index = (int) (tick & (SLOTS - 1));
    Slot slot = slots[index];
    if (slot == null) {
      slot = new Slot();
      slots[index] = slot;
    }
    return slot;
  }

  private static void unlink(Timeout timeout) {
    Timeout previous = timeout.previous;
    Timeout next = timeout.next;
    if (previous != null && next != null) {
      previous.next = next;
      next.previous = previous;
    }
    timeout.previous = null;
    timeout.next = null;
  }

  /** The ring's sentinel. */
  private static final class Slot extends Timeout {
    Slot() {
      super.previous = this;
      super.next = this;
    }

    void link(Timeout timeout) {
      Timeout last = super.previous;
      timeout.previous = last;
      timeout.next = this;
      super.previous = timeout;
      if (last != null) {
        last.next = timeout;
      }
    }

    /** Unlinks what is due. Returns the earliest tick that stays. */
    long collect(long nowTick, List<Timeout> expired) {
      long earliest = Long.MAX_VALUE;
      Timeout timeout = super.next;
      while (timeout != null && timeout != this) {
        Timeout following = timeout.next;
        if (timeout.tick <= nowTick) {
          unlink(timeout);
          expired.add(timeout);
        } else {
          earliest = Math.min(earliest, timeout.tick);
        }
        timeout = following;
      }
      return earliest;
    }
  }
}
