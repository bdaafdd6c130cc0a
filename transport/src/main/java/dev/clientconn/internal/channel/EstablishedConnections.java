// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.call.TransportSource.PendingPick;
import dev.clientconn.internal.concurrent.SyncContextConfined;
import io.grpc.Status;
import io.grpc.SynchronizationContext.ScheduledHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lists the connections of a subchannel that take new calls, the oldest first, and publishes them
 * to calls: a single connection as it is, several by a {@link SlotQueue} that counts their streams.
 * Once streams are counted, that continues until the last connection is gone.
 *
 * <p>gRFC A105 has a client never close a connection. This class closes those that calls no longer
 * need: connections are assigned the oldest first, so the others become unused when there are fewer
 * calls at a time, and each costs the server memory.
 */
@SyncContextConfined
final class EstablishedConnections {
  /** An unused connection is closed between 1 and 1.25 times the idle time after its last call. */
  private static final int CHECKS_PER_TIMEOUT = 4;

  private static final Status UNUSED =
      Status.UNAVAILABLE.withDescription("This connection is not needed any more");

  private final ChannelContext context;
  private final AddrConnView view;
  private final BooleanSupplier canDialAnother;
  private final Runnable dialAnother;
  private final List<SubchannelConnection> connections = new ArrayList<>(1);
  private @Nullable SlotQueue slots;
  private @Nullable ScheduledHandle idleCheck;

  /**
   * @param canDialAnother whether a connection is established, and neither an attempt nor a backoff
   *     is under way
   * @param dialAnother called only where that is true
   */
  EstablishedConnections(
      ChannelContext context,
      AddrConnView view,
      BooleanSupplier canDialAnother,
      Runnable dialAnother) {
    this.context = context;
    this.view = view;
    this.canDialAnother = canDialAnother;
    this.dialAnother = dialAnother;
  }

  boolean isEmpty() {
    return connections.isEmpty();
  }

  /** Returns a copy, so that connections may be removed during the iteration. */
  List<SubchannelConnection> all() {
    return List.copyOf(connections);
  }

  // The streams of the connections

  /** Whether the streams of a connection that is dialed now are to be counted. */
  boolean countsStreams() {
    return slots != null
        || context.connectionLimit().maximum() > 1
        || context.options().scaling().pendingTimeoutNanos() > 0;
  }

  /** Adds a connection that is ready. */
  void add(SubchannelConnection connection) {
    connections.add(connection);
    if (connection.isCounting()) {
      assignBySlots(connection);
    } else {
      connection.publish();
    }
    scheduleIdleCheck();
  }

  /** Begins to count the streams of connections that were made for a maximum of one. */
  void countStreams() {
    connections.forEach(SubchannelConnection::countStreams);
  }

  /** The streams of a connection are counted from now on. */
  void counted(SubchannelConnection connection) {
    if (connections.contains(connection)) {
      assignBySlots(connection);
      connection.assignBySlots();
    }
  }

  private void assignBySlots(SubchannelConnection connection) {
    if (slots == null) {
      slots = new SlotQueue(
          context, connection.peer(), () -> context.sync().execute(this::dialIfShort));
      view.slots(slots);
    }
    slots.add(connection.counted());
  }

  /** Dials another connection if calls wait for a slot and there may be one more (gRFC A105). */
  void dialForWaitingCalls() {
    if (slots != null) {
      slots.mayGrow(mayGrow(), context.connectionLimit().maximum());
      if (slots.waitingCalls() > 0) {
        dialIfShort();
      }
    }
  }

  /** A call has found no slot. One may have become free since. */
  private void dialIfShort() {
    if (slots != null && mayGrow() && !slots.hasFree()) {
      dialAnother.run();
      slots.mayGrow(mayGrow(), context.connectionLimit().maximum());
    }
  }

  private boolean mayGrow() {
    return connections.size() < context.connectionLimit().maximum()
        && canDialAnother.getAsBoolean();
  }

  // The list

  /** Removes a connection that takes no new calls. Returns whether it was listed. */
  boolean remove(SubchannelConnection connection) {
    connection.unpublish();
    if (!connections.remove(connection)) {
      return false;
    }
    connection.cancelTimer();
    if (connections.size() <= 1) {
      cancelIdleCheck();
    }
    if (slots != null && connection.isCounting()) {
      slots.remove(connection.counted());
    }
    return true;
  }

  /** Has all connections finish their calls and take no new ones. */
  void shutdown(Status reason) {
    for (SubchannelConnection connection : all()) {
      remove(connection);
      connection.shutdown(reason);
    }
  }

  /** No connection is left. Returns the calls that waited for a slot, to be picked again. */
  List<PendingPick> closeSlots() {
    SlotQueue closing = slots;
    slots = null;
    // In this order, or a call that finds the queue closed would find it here once more.
    view.slots(null);
    return closing == null ? List.of() : closing.close();
  }

  private void scheduleIdleCheck() {
    long nanos = context.options().scaling().idleNanos() / CHECKS_PER_TIMEOUT;
    if (idleCheck == null && connections.size() > 1) {
      idleCheck =
          context.sync().schedule(this::closeUnused, nanos, TimeUnit.NANOSECONDS, context.timers());
    }
  }

  private void cancelIdleCheck() {
    if (idleCheck != null) {
      idleCheck.cancel();
      idleCheck = null;
    }
  }

  private void closeUnused() {
    idleCheck = null;
    // Not the oldest, which is the first choice of the next call.
    for (SubchannelConnection connection : all().subList(1, connections.size())) {
      if (connection.quietChecks() >= CHECKS_PER_TIMEOUT) {
        remove(connection);
        connection.shutdown(UNUSED);
      }
    }
    scheduleIdleCheck();
  }
}
