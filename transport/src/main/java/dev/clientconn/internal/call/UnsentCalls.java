// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.Status;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds the started calls of one channel that no transport and no picker's queue knows: those that wait for their
 * half-close, and those that wait for call credentials. Ends them at their deadline and when the channel ends.
 *
 * <p>Every call that sends one message enters at start and leaves at half-close, mostly a moment later on the same
 * thread. It takes two compare-and-sets on a slot that only this thread uses, and no memory: one slot while the channel
 * has one calling thread, one padded slot per thread hash after the first collision of two threads, and a set for calls
 * that find their slot taken. Deadlines have no timer each: a tick that runs only while there are such calls looks at all.
 */
@CrossesThreads
public final class UnsentCalls {
  /** How late the first look at a call's deadline may be; later looks are on time. */
  static final long TICK_NANOS = 100_000_000;

  /** So many that two threads which run at the same time seldom share one. */
  private static final int SLOTS_PER_PROCESSOR = 4;

  private static final int MAX_SLOTS = 64;
  /** References of four bytes: a cache line of 64. */
  private static final int STRIDE = 16;

  private static final AtomicReferenceFieldUpdater<UnsentCalls, @Nullable ActiveCall> ONLY =
      AtomicReferenceFieldUpdater.newUpdater(UnsentCalls.class, ActiveCall.class, "only");

  private final ScheduledExecutorService timers;
  private final Set<ActiveCall> others = ConcurrentHashMap.newKeySet();
  /**
   * Attempts that wait for credentials. Each has its own timer, and a call's next attempt may wait
   * before the last one has left.
   */
  private final Set<CallAttempt> waiting = ConcurrentHashMap.newKeySet();

  private final AtomicBoolean ticking = new AtomicBoolean();

  private volatile @Nullable ActiveCall only;
  /** Made when two calls want {@link #only} at the same time, and used from then on. */
  private volatile @Nullable AtomicReferenceArray<@Nullable ActiveCall> slots;

  private volatile @Nullable Future<?> tick;
  private volatile @Nullable Status ended;

  public UnsentCalls(ScheduledExecutorService timers) {
    this.timers = timers;
  }

  /** Enters a call that will be opened later, and watches its deadline. */
  void add(ActiveCall call) {
    if (slots != null || !ONLY.compareAndSet(this, null, call)) {
      addToSlots(call);
    }
    if (call.plan().callDeadline() != null && !ticking.get() && !tickAfter(TICK_NANOS)) {
      call.cancel(Status.UNAVAILABLE.withDescription("The channel is shut down"));
    }
    endIfChannelEnded(call);
  }

  private void addToSlots(ActiveCall call) {
    AtomicReferenceArray<@Nullable ActiveCall> known = slots;
    if (known == null) {
      known = makeSlots();
    }
    if (!known.compareAndSet(slotOfThread(known), null, call)) {
      others.add(call);
    }
  }

  private synchronized AtomicReferenceArray<@Nullable ActiveCall> makeSlots() {
    AtomicReferenceArray<@Nullable ActiveCall> known = slots;
    if (known == null) {
      int wanted = SLOTS_PER_PROCESSOR * Runtime.getRuntime().availableProcessors();
      int count = Integer.highestOneBit(Math.min(MAX_SLOTS, wanted));
      known = new AtomicReferenceArray<>(count * STRIDE);
      slots = known;
    }
    return known;
  }

  private static int slotOfThread(AtomicReferenceArray<?> slots) {
    // The golden ratio spreads thread numbers, which are often next to one another or all even.
    int spread = (int) ((Thread.currentThread().getId() * 0x9E37_79B9L) >>> 16);
    return (spread * STRIDE) & (slots.length() - 1);
  }

  /** Enters a call that waits for its credentials; the attempt has a timer for its deadline. */
  void addWaiting(CallAttempt attempt) {
    waiting.add(attempt);
    endIfChannelEnded(attempt.call());
  }

  void removeWaiting(CallAttempt attempt) {
    waiting.remove(attempt);
  }

  /** After a call has entered: if the channel has ended meanwhile, it may not have found this call. */
  private void endIfChannelEnded(ActiveCall call) {
    Status reason = ended;
    if (reason != null) {
      call.cancel(reason);
    }
  }

  /** Lets a call leave that has entered or not. */
  void remove(ActiveCall call) {
    if (only == call && ONLY.compareAndSet(this, call, null)) {
      return;
    }
    AtomicReferenceArray<@Nullable ActiveCall> known = slots;
    if (known == null || !known.compareAndSet(slotOfThread(known), call, null)) {
      removeElsewhere(call, known);
    }
  }

  private void removeElsewhere(
      ActiveCall call, @Nullable AtomicReferenceArray<@Nullable ActiveCall> known) {
    if (others.remove(call) || known == null) {
      return;
    }
    for (int i = 0; i < known.length(); i += STRIDE) {
      if (known.compareAndSet(i, call, null)) {
        return;
      }
    }
  }

  /** Ends every call that is here, and from now on every call that comes. Any number of times. */
  public void end(Status reason) {
    ended = reason;
    Future<?> pending = tick;
    if (pending != null) {
      pending.cancel(false);
    }
    forEach(call -> call.cancel(reason));
    waiting.forEach(attempt -> attempt.call().cancel(reason));
  }

  private void forEach(Consumer<ActiveCall> action) {
    ActiveCall first = only;
    if (first != null) {
      action.accept(first);
    }
    AtomicReferenceArray<@Nullable ActiveCall> known = slots;
    for (int i = 0; known != null && i < known.length(); i += STRIDE) {
      ActiveCall call = known.get(i);
      if (call != null) {
        action.accept(call);
      }
    }
    others.forEach(action);
  }

  /** Returns whether a tick is due, be it another's; not where the timers are shut down. */
  private boolean tickAfter(long nanos) {
    if (ended == null && ticking.compareAndSet(false, true)) {
      try {
        tick = timers.schedule(this::tick, nanos, TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException e) {
        ticking.set(false);
        return false;
      }
    }
    return true;
  }

  private void tick() {
    // Before the look: a call that comes after it starts the next tick itself.
    ticking.set(false);
    long[] next = {Long.MAX_VALUE};
    forEach(call -> {
      CallDeadline deadline = call.plan().callDeadline();
      if (deadline != null) {
        long left = deadline.deadline().timeRemaining(TimeUnit.NANOSECONDS);
        if (left > 0) {
          next[0] = Math.min(next[0], left);
        } else {
          call.deadlinePassedUnsent();
        }
      }
    });
    if (next[0] != Long.MAX_VALUE) {
      tickAfter(Math.min(next[0], TICK_NANOS));
    }
  }
}
