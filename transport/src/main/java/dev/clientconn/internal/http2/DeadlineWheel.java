// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Schedules the deadlines of a connection's streams in a hierarchical timing wheel: a slot of one
 * level is as long as the whole level below, and cascades to that level when its time starts. So
 * arming and disarming cost two links and no allocation, and the timer visits each deadline at most
 * once per level, however many there are. Fires up to one tick late, never early.
 */
@EventLoopConfined
final class DeadlineWheel implements Runnable {

  /** An entry of the wheel, linked into the ring of its slot. */
  abstract static class Timeout {
    private @Nullable Timeout previous;
    private @Nullable Timeout next;
    private long tick;
  }

  /** 2^22 ns: about 4.2 ms. */
  static final int TICK_SHIFT = 22;

  /** A level has 64 slots, so that the bits of one long say which are occupied. */
  private static final int LEVEL_SHIFT = 6;

  private static final int SLOTS = 1 << LEVEL_SHIFT;

  /** Enough for all 41 bits that a tick can have. */
  static final int LEVELS = 7;

  /** The latest deadline that does not overflow one tick later. */
  private static final long LATEST = Long.MAX_VALUE - (2L << TICK_SHIFT);

  private static final long NEVER = Long.MAX_VALUE;

  private static final @Nullable Level[] NONE = {};

  private final EventLoop loop;
  private final Consumer<List<Timeout>> onExpired;
  private final long origin;
  /** Created when the first deadline is armed: not all connections have calls with one. */
  private @Nullable Level[] levels = NONE;

  /**
   * The tick that the wheel has reached. Every armed deadline is later, and lies in the level of
   * the highest six bits in which its tick differs from this one.
   */
  private long current;

  /** When the timer fires: no later than the start of the first occupied slot. */
  private long timerTick = NEVER;

  private @Nullable ScheduledFuture<?> timer;
  private long visits;

  DeadlineWheel(EventLoop loop, Consumer<List<Timeout>> onExpired) {
    this.loop = loop;
    this.onExpired = onExpired;
    this.origin = loop.ticker().nanoTime();
  }

  void arm(Timeout timeout, long delayNanos) {
    long now = now();
    long nowTick = now >> TICK_SHIFT;
    if (nowTick < timerTick) {
      // No slot starts in between, so that the distance from now decides the level.
      current = Math.max(current, nowTick);
    }
    // Rounded up to the next tick, so that it never fires early. A deadline that has passed fires
    // with the next tick.
    long at = now + Math.max(0, Math.min(delayNanos, LATEST - now));
    timeout.tick = (at >> TICK_SHIFT) + 1;
    long start = place(timeout);
    if (start < timerTick) {
      schedule(start);
    }
  }

  void disarm(Timeout timeout) {
    Timeout previous = timeout.previous;
    unlink(timeout);
    // The timer is not cancelled with the last deadline of its slot: most calls end before their
    // deadline, and a timer task per call would cost more than one idle wake-up.
    if (previous instanceof Slot slot && slot.isEmpty()) {
      slot.level.occupied &= ~slot.bit;
    }
  }

  /** Disarms everything. */
  void close() {
    cancelTimer();
    levels = NONE;
  }

  @Override
  public void run() {
    timer = null;
    timerTick = NEVER;
    long nowTick = now() >> TICK_SHIFT;
    List<Timeout> expired = new ArrayList<>();
    long start = firstSlot();
    while (start <= nowTick) {
      cascade(start, expired);
      start = firstSlot();
    }
    current = nowTick;
    try {
      // Before the callback: if a call throws, later deadlines are still armed.
      if (start != NEVER) {
        schedule(start);
      }
    } finally {
      if (!expired.isEmpty()) {
        onExpired.accept(expired);
      }
    }
  }

  /** How many deadlines the timer has visited. */
  long visits() {
    return visits;
  }

  /** Links a deadline into its slot. Returns the tick at which the slot starts. */
  private long place(Timeout timeout) {
    // The highest bit that differs says how far away the tick is; with the lowest six bits set,
    // everything within one level-0 revolution counts as level 0.
    long different = (timeout.tick ^ current) | (SLOTS - 1);
    int depth = (Long.SIZE - 1 - Long.numberOfLeadingZeros(different)) / LEVEL_SHIFT;
    int shift = depth * LEVEL_SHIFT;
    if (levels.length == 0) {
      levels = new Level[LEVELS];
    }
    Level level = levels[depth];
    if (level == null) {
      level = new Level();
      levels[depth] = level;
    }
    level.slot((int) (timeout.tick >> shift) & (SLOTS - 1)).link(timeout);
    return timeout.tick >> shift << shift;
  }

  /** When the first occupied slot starts: all slots of a level start before any of the next. */
  private long firstSlot() {
    for (int depth = 0; depth < levels.length; depth++) {
      Level level = levels[depth];
      if (level != null && level.occupied != 0) {
        int shift = depth * LEVEL_SHIFT;
        long slot = Long.numberOfTrailingZeros(level.occupied);
        long above = current >> shift >> LEVEL_SHIFT << LEVEL_SHIFT;
        return (above | slot) << shift;
      }
    }
    return NEVER;
  }

  /** The first occupied slot starts: what is due has expired, the rest moves to lower levels. */
  private void cascade(long start, List<Timeout> expired) {
    Timeout timeout = takeFirst();
    current = start;
    while (timeout != null && !(timeout instanceof Slot)) {
      Timeout following = timeout.next;
      visits++;
      timeout.previous = null;
      timeout.next = null;
      if (timeout.tick <= start) {
        expired.add(timeout);
      } else {
        place(timeout);
      }
      timeout = following;
    }
  }

  /**
   * Empties the first occupied slot. Returns its first deadline, linked to the others and the slot.
   */
  private @Nullable Timeout takeFirst() {
    for (Level level : levels) {
      if (level != null && level.occupied != 0) {
        return level.slot(Long.numberOfTrailingZeros(level.occupied)).take();
      }
    }
    return null;
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
    timerTick = NEVER;
  }

  private long now() {
    return loop.ticker().nanoTime() - origin;
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

  private static final class Level {
    private final @Nullable Slot[] slots = new Slot[SLOTS];
    private long occupied;

    Slot slot(int index) {
      Slot slot = slots[index];
      if (slot == null) {
        slot = new Slot(this, 1L << index);
        slots[index] = slot;
      }
      return slot;
    }
  }

  /** The sentinel of a slot's ring. */
  private static final class Slot extends Timeout {
    private final Level level;
    private final long bit;

    Slot(Level level, long bit) {
      this.level = level;
      this.bit = bit;
      clear();
    }

    private void clear() {
      super.previous = this;
      super.next = this;
    }

    boolean isEmpty() {
      return super.next == this;
    }

    void link(Timeout timeout) {
      Timeout last = super.previous;
      timeout.previous = last;
      timeout.next = this;
      super.previous = timeout;
      if (last != null) {
        last.next = timeout;
      }
      level.occupied |= bit;
    }

    @Nullable
    Timeout take() {
      Timeout first = super.next;
      clear();
      level.occupied &= ~bit;
      return first;
    }
  }
}
