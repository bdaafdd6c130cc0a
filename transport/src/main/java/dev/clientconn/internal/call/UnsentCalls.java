// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
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
 * Registers the started calls of one channel that neither a transport nor a picker's queue knows:
 * calls that wait for their half-close, and those that wait for call credentials or for the end of
 * a backoff. Ends them when the channel ends, and the former at their deadline.
 *
 * <p>Every call that sends one message is added at start and removed at half-close, usually a
 * moment later on the same thread, so both take one compare-and-set and allocate nothing: on a
 * single slot while the channel has one calling thread, on a padded slot per thread hash after the
 * first collision of two threads, and in a set for calls that find their slot taken. Deadlines have
 * no timer each: one tick, scheduled only while there are such calls, checks all of them.
 */
@CrossesThreads
public final class UnsentCalls {

  /** A call, or an attempt of one. */
  private interface Entry {
    /** Ends the call. Any thread, any number of times. */
    void cancel(Status reason);
  }

  /** A call between its start and its half-close. */
  interface Unopened extends Entry {
    /** The deadline that the tick checks, if any. */
    @Nullable
    CallDeadline deadline();

    /** The call was waiting at a tick, and its deadline has not passed. On the timers' thread. */
    void tickPassed();

    /** Ends the call, whose {@link #deadline} has passed. On the timers' thread. */
    void deadlinePassed();
  }

  /** An attempt or a backoff that waits; it has its own timer for the deadline. */
  interface Waiting extends Entry {
    /** Describes the call; {@code null} if it is not this entry that waits. Any thread. */
    @Nullable
    WaitingCall describeWait();
  }

  /** How late the first check of a call's deadline may be; later checks are on time. */
  static final long TICK_NANOS = 100_000_000;

  /** Enough that two threads which run at the same time seldom share one. */
  private static final int SLOTS_PER_PROCESSOR = 4;

  private static final int MAX_SLOTS = 64;
  /** A cache line of 64 bytes, in references of four. */
  private static final int STRIDE = 16;

  private static final AtomicReferenceFieldUpdater<UnsentCalls, @Nullable Unopened> ONLY =
      AtomicReferenceFieldUpdater.newUpdater(UnsentCalls.class, Unopened.class, "only");

  private final ScheduledExecutorService timers;
  /** Calls that found their slot taken. Created for the first, as few channels need it. */
  private volatile @Nullable Set<Unopened> others;
  /**
   * What waits for credentials or a backoff. Each has its own timer, and a call's next attempt may
   * be added before the previous one is removed. Created for the first.
   */
  private volatile @Nullable Set<Waiting> waiting;

  private final AtomicBoolean ticking = new AtomicBoolean();

  private volatile @Nullable Unopened only;
  /** Created when two calls want {@link #only} at the same time, and used from then on. */
  private volatile @Nullable AtomicReferenceArray<@Nullable Unopened> slots;

  private volatile @Nullable Future<?> tick;
  private volatile @Nullable Status ended;

  public UnsentCalls(ScheduledExecutorService timers) {
    this.timers = timers;
  }

  /** Adds a call that will be opened later, and watches its deadline. */
  void addCall(Unopened call) {
    if (slots != null || !ONLY.compareAndSet(this, null, call)) {
      addToSlots(call);
    }
    if (call.deadline() != null && !ticking.get() && !scheduleTick(TICK_NANOS)) {
      call.cancel(Status.UNAVAILABLE.withDescription("The channel is shut down"));
    }
    endIfChannelEnded(call);
  }

  private void addToSlots(Unopened call) {
    AtomicReferenceArray<@Nullable Unopened> known = slots;
    if (known == null) {
      known = createSlots();
    }
    if (!known.compareAndSet(slotOfThread(known), null, call)) {
      others().add(call);
    }
  }

  private synchronized AtomicReferenceArray<@Nullable Unopened> createSlots() {
    AtomicReferenceArray<@Nullable Unopened> known = slots;
    if (known == null) {
      int wanted = SLOTS_PER_PROCESSOR * Runtime.getRuntime().availableProcessors();
      int count = Integer.highestOneBit(Math.min(MAX_SLOTS, wanted));
      known = new AtomicReferenceArray<>(count * STRIDE);
      slots = known;
    }
    return known;
  }

  private Set<Unopened> others() {
    Set<Unopened> known = others;
    return known == null ? createOthers() : known;
  }

  private synchronized Set<Unopened> createOthers() {
    Set<Unopened> known = others;
    if (known == null) {
      known = ConcurrentHashMap.newKeySet();
      others = known;
    }
    return known;
  }

  private Set<Waiting> waiting() {
    Set<Waiting> known = waiting;
    return known == null ? createWaiting() : known;
  }

  private synchronized Set<Waiting> createWaiting() {
    Set<Waiting> known = waiting;
    if (known == null) {
      known = ConcurrentHashMap.newKeySet();
      waiting = known;
    }
    return known;
  }

  private static int slotOfThread(AtomicReferenceArray<?> slots) {
    // Multiplying by the golden ratio spreads thread ids, which are often consecutive or all even.
    int spread = (int) ((Thread.currentThread().getId() * 0x9E37_79B9L) >>> 16);
    return (spread * STRIDE) & (slots.length() - 1);
  }

  /** Adds an attempt or a backoff, until {@link #removeWaiting}. */
  void addWaiting(Waiting entry) {
    waiting().add(entry);
    endIfChannelEnded(entry);
  }

  void removeWaiting(Waiting entry) {
    Set<Waiting> known = waiting;
    if (known != null) {
      known.remove(entry);
    }
  }

  /** After an addition: {@link #end} may have run just before and missed this call. */
  private void endIfChannelEnded(Entry call) {
    Status reason = ended;
    if (reason != null) {
      call.cancel(reason);
    }
  }

  /** Removes a call, whether it was added or not. */
  void removeCall(Unopened call) {
    if (only == call && ONLY.compareAndSet(this, call, null)) {
      return;
    }
    AtomicReferenceArray<@Nullable Unopened> known = slots;
    if (known == null || !known.compareAndSet(slotOfThread(known), call, null)) {
      removeElsewhere(call, known);
    }
  }

  /** Another thread added it, or its slot was taken. */
  private void removeElsewhere(
      Unopened call, @Nullable AtomicReferenceArray<@Nullable Unopened> known) {
    Set<Unopened> rest = others;
    if ((rest != null && rest.remove(call)) || known == null) {
      return;
    }
    for (int i = 0; i < known.length(); i += STRIDE) {
      if (known.compareAndSet(i, call, null)) {
        return;
      }
    }
  }

  /** Ends all registered calls, and from now on every call that is added. Any number of times. */
  public void end(Status reason) {
    ended = reason;
    Future<?> pending = tick;
    if (pending != null) {
      pending.cancel(false);
    }
    forEach(call -> call.cancel(reason));
    Set<Waiting> attempts = waiting;
    if (attempts != null) {
      attempts.forEach(attempt -> attempt.cancel(reason));
    }
  }

  /** Whether the channel has ended, so that no call must begin another attempt. */
  boolean hasEnded() {
    return ended != null;
  }

  /** Lists the calls that wait for their credentials or the end of a backoff. */
  public List<WaitingCall> waitingCalls() {
    List<WaitingCall> calls = new ArrayList<>();
    Set<Waiting> attempts = waiting;
    if (attempts != null) {
      attempts.forEach(entry -> {
        WaitingCall call = entry.describeWait();
        if (call != null) {
          calls.add(call);
        }
      });
    }
    return calls;
  }

  private void forEach(Consumer<Unopened> action) {
    Unopened first = only;
    if (first != null) {
      action.accept(first);
    }
    AtomicReferenceArray<@Nullable Unopened> known = slots;
    for (int i = 0; known != null && i < known.length(); i += STRIDE) {
      Unopened call = known.get(i);
      if (call != null) {
        action.accept(call);
      }
    }
    Set<Unopened> rest = others;
    if (rest != null) {
      rest.forEach(action);
    }
  }

  /** Returns whether a tick is scheduled, by this thread or another; not after the timers' end. */
  private boolean scheduleTick(long nanos) {
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
    // Cleared before the check: a call that is added after it schedules the next tick itself.
    ticking.set(false);
    long[] next = {Long.MAX_VALUE};
    forEach(call -> {
      CallDeadline deadline = call.deadline();
      if (deadline != null) {
        long remaining = deadline.remainingNanos();
        if (remaining > 0) {
          next[0] = Math.min(next[0], remaining);
          call.tickPassed();
        } else {
          call.deadlinePassed();
        }
      }
    });
    if (next[0] != Long.MAX_VALUE) {
      scheduleTick(Math.min(next[0], TICK_NANOS));
    }
  }
}
