// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.call.TransportSource.PendingPick;
import dev.clientconn.internal.call.WaitingCall;
import dev.clientconn.internal.concurrent.ChannelLog;
import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.internal.transport.StreamSlots;
import dev.clientconn.transport.TransportListener;
import dev.clientconn.transport.TransportListener.WaitOutcome;
import dev.clientconn.transport.WaitCause;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Assigns calls to the connections of one subchannel: each to the oldest connection with a free
 * stream slot (gRFC A105). Calls that find none wait in the order they came, up to a number and a
 * time, and request another connection. Used only where a subchannel may have several connections,
 * or the wait is limited.
 *
 * <p>A slot is reserved without a lock while no call waits. No wake-up is lost: a call is queued
 * before it looks for a slot once more, and a slot is released before its thread looks for waiting
 * calls.
 */
@CrossesThreads
final class SlotQueue {
  private static final Logger LOGGER = ChannelLog.LOGGER;

  /** A connection whose streams are counted. */
  record Connection(ClientTransport transport, StreamSlots slots) {

    @Nullable
    SlotReservation reserve() {
      return slots.tryReserve() ? new SlotReservation(transport, slots) : null;
    }
  }

  private record Waiting(PendingPick pick, PickResult result, long sinceNanos) {}

  private final ChannelContext context;
  private final ScalingOptions options;
  private final String address;
  private final Runnable onShortage;
  /** The user's; replaced by a no-op if it throws. */
  private volatile TransportListener listener;

  /** The oldest first. */
  private volatile List<Connection> connections = List.of();

  private volatile int waitingCount;
  private volatile int maximum;
  private volatile boolean growing;

  // Guarded by this
  private final Map<PendingPick, Waiting> waiting = new LinkedHashMap<>();
  private final Set<Thread> granting = new HashSet<>();
  private @Nullable Future<?> timer;
  private boolean closed;

  /**
   * @param address for the text of errors
   * @param onShortage called on any thread when calls find no slot and {@link #mayGrow} is set
   */
  SlotQueue(ChannelContext context, String address, Runnable onShortage) {
    this.context = context;
    this.options = context.options().scaling();
    this.address = address;
    this.onShortage = onShortage;
    this.listener = options.listener();
  }

  // Calls, on any thread

  /**
   * Passes the pick a transport with a reserved slot, now or later, or fails it. Returns false and
   * does nothing if the subchannel has lost its connections.
   */
  boolean submit(PendingPick pick, PickResult result) {
    // Behind those that wait, so that a stream of new calls cannot pass them for ever.
    SlotReservation free = waitingCount == 0 ? reserve() : null;
    if (free != null) {
      pick.onPicked(free, result);
      return true;
    }
    boolean queued;
    long now = now();
    pick.onWaitingFor(WaitCause.STREAM_SLOT);
    synchronized (this) {
      if (closed) {
        return false;
      }
      queued = waiting.size() < options.maxPendingStreams();
      if (queued) {
        waiting.put(pick, new Waiting(pick, result, now));
        waitingCount = waiting.size();
        scheduleTimeout(options.pendingTimeoutNanos());
      }
    }
    if (queued) {
      // A slot may have been released, or a connection added, before the call was queued.
      grantFree();
    } else {
      requestConnection();
      context.recorder().rejected();
      notify(WaitOutcome.REJECTED, 0);
      pick.onFailed(exhausted(options.maxPendingStreams() + " calls already wait"));
    }
    return true;
  }

  /** Removes a pick. Returns whether it was waiting here: then none of its methods is called. */
  boolean cancel(PendingPick pick) {
    Waiting removed;
    synchronized (this) {
      removed = waiting.remove(pick);
      waitingCount = waiting.size();
    }
    if (removed != null) {
      notify(
          pick.isDeadlinePassed() ? WaitOutcome.DEADLINE : WaitOutcome.CANCELLED,
          now() - removed.sinceNanos());
    }
    return removed != null;
  }

  /** Whether the pick waits here. */
  synchronized boolean contains(PendingPick pick) {
    return waiting.containsKey(pick);
  }

  int waitingCalls() {
    return waitingCount;
  }

  /** Lists the calls that wait. */
  List<WaitingCall> waiting() {
    List<Waiting> copy;
    synchronized (this) {
      copy = List.copyOf(waiting.values());
    }
    long now = now();
    return copy.stream()
        .map(each -> WaitingCall.of(
            each.pick(), WaitCause.STREAM_SLOT, OptionalLong.of(now - each.sinceNanos())))
        .toList();
  }

  /** How long the first call has waited, nanoseconds; empty if none waits. */
  OptionalLong oldestWaitNanos() {
    if (waitingCount == 0) {
      return OptionalLong.empty();
    }
    long now = now();
    synchronized (this) {
      return waiting.isEmpty()
          ? OptionalLong.empty()
          : OptionalLong.of(now - waiting.values().iterator().next().sinceNanos());
    }
  }

  /** A slot may have become free. */
  void onSlotFree() {
    if (waitingCount > 0) {
      grantFree();
    }
  }

  /**
   * Assigns free slots to waiting calls. A call that returns its slot at once, because its
   * credentials fail for example, leads back to this method: the loop below finds the slot then, or
   * a long queue of such calls would overflow the stack.
   */
  void grantFree() {
    Thread thread = Thread.currentThread();
    synchronized (this) {
      if (!granting.add(thread)) {
        return;
      }
    }
    try {
      while (grantOne()) {
        // The next one.
      }
    } finally {
      synchronized (this) {
        granting.remove(thread);
      }
    }
    if (waitingCount > 0) {
      requestConnection();
    }
  }

  /** In vain where a slot has just become free: whoever has released it comes here after. */
  private void requestConnection() {
    if (growing) {
      onShortage.run();
    }
  }

  private boolean grantOne() {
    Waiting first;
    SlotReservation free;
    synchronized (this) {
      if (waiting.isEmpty()) {
        return false;
      }
      free = reserve();
      if (free == null) {
        return false;
      }
      first = waiting.values().iterator().next();
      waiting.remove(first.pick());
      waitingCount = waiting.size();
    }
    notify(WaitOutcome.GRANTED, now() - first.sinceNanos());
    first.pick().onPicked(free, first.result());
    return true;
  }

  private @Nullable SlotReservation reserve() {
    List<Connection> known = connections;
    for (int i = 0; i < known.size(); i++) {
      SlotReservation reserved = known.get(i).reserve();
      if (reserved != null) {
        return reserved;
      }
    }
    return null;
  }

  // Connections, in the sync context

  void add(Connection connection) {
    List<Connection> more = new ArrayList<>(connections);
    more.add(connection);
    connections = List.copyOf(more);
    grantFree();
  }

  void remove(Connection connection) {
    List<Connection> fewer = new ArrayList<>(connections);
    fewer.remove(connection);
    connections = List.copyOf(fewer);
  }

  boolean hasFree() {
    return connections.stream().anyMatch(each -> each.slots().hasFree());
  }

  /**
   * Sets whether a call that finds no slot requests another connection.
   *
   * @param limit how many connections there may be
   */
  void mayGrow(boolean grow, int limit) {
    maximum = limit;
    // Before the caller looks for waiting calls: a call is queued before it reads this.
    growing = grow;
  }

  /** Takes no more calls. Returns those that waited, in order: they must be picked again. */
  List<PendingPick> close() {
    List<Waiting> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(waiting.values());
      waiting.clear();
      waitingCount = 0;
      if (timer != null) {
        timer.cancel(false);
      }
    }
    long now = now();
    left.forEach(each -> notify(WaitOutcome.CONNECTION_LOST, now - each.sinceNanos()));
    return left.stream().map(Waiting::pick).toList();
  }

  // The time limit. One timer watches the call that has waited longest. It is not cancelled when
  // the queue becomes empty, which a busy queue often does.

  private void scheduleTimeout(long nanos) {
    if (timer == null && options.pendingTimeoutNanos() > 0) {
      timer = context.timers().schedule(this::expire, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void expire() {
    long now = now();
    List<Waiting> expired = new ArrayList<>();
    synchronized (this) {
      timer = null;
      for (Waiting each : waiting.values()) {
        long left = options.pendingTimeoutNanos() - (now - each.sinceNanos());
        if (left > 0) {
          scheduleTimeout(left);
          break;
        }
        expired.add(each);
      }
      expired.forEach(each -> waiting.remove(each.pick()));
      waitingCount = waiting.size();
    }
    for (Waiting each : expired) {
      notify(WaitOutcome.TIMED_OUT, now - each.sinceNanos());
      each.pick()
          .onFailed(exhausted("the call has waited for "
              + TimeUnit.NANOSECONDS.toMillis(options.pendingTimeoutNanos())
              + " ms (pendingStreamTimeout; the property streams.pending-timeout with Spring)"));
    }
  }

  // Reports

  private Status exhausted(String reason) {
    return Status.RESOURCE_EXHAUSTED.withDescription(
        "No stream slot: " + reason + "; " + describe() + ". The options maxPendingStreams ("
            + options.maxPendingStreams() + ") and maxConnectionsPerAddress raise the limits, the"
            + " properties streams.max-pending and connections.max with Spring");
  }

  /** Describes the slots: "2 of at most 4 connections to /10.0.0.1:80 have 200 of 200 in use". */
  String describe() {
    List<Connection> known = connections;
    long used = 0;
    long limit = 0;
    for (Connection each : known) {
      used += each.slots().used();
      limit += each.slots().limit();
    }
    return known.size() + " of at most " + maximum + " connections to " + address + " have " + used
        + " of " + limit + " slots in use";
  }

  private void notify(WaitOutcome outcome, long nanos) {
    try {
      listener.streamSlotWaited(outcome, nanos);
    } catch (Throwable t) {
      // Rethrown, it would keep slots from the calls that wait.
      listener = TransportListener.NONE;
      LOGGER.log(Level.WARNING, "A TransportListener threw; this subchannel calls it no more", t);
    }
  }

  private long now() {
    return context.threads().nanoTime().getAsLong();
  }
}
