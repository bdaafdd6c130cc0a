// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.call.ControlPlaneStatus;
import dev.clientconn.internal.call.TransportSource;
import dev.clientconn.internal.call.WaitingCall;
import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.transport.WaitCause;
import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.Status;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Picks transports for calls with the balancer's current picker, and queues the calls that must
 * wait for the next one. Picking a ready subchannel takes one volatile read and no lock. The picker
 * is replaced in the sync context only.
 */
@CrossesThreads
final class PickerWrapper implements TransportSource {

  /** Holds what must be read together; {@code picker} is absent while the channel is idle. */
  private static final class State {
    final @Nullable SubchannelPicker picker;
    final @Nullable Status shutdown;
    final WaitCause cause;

    /**
     * @param cause what calls wait for that the picker has no connection for
     */
    State(@Nullable SubchannelPicker picker, @Nullable Status shutdown, WaitCause cause) {
      this.picker = picker;
      this.shutdown = shutdown;
      this.cause = cause;
    }
  }

  /**
   * The outcome of a pick: a transport, a subchannel that assigns one with a free slot (only the
   * result), a failure, or none of them, and the call waits.
   */
  private record Decision(
      @Nullable ClientTransport transport,
      @Nullable PickResult result,
      @Nullable Failure failure) {
    static final Decision WAIT = new Decision(null, null, null);

    boolean isFinal() {
      return result != null || failure != null;
    }
  }

  /**
   * Ends a pick without a transport. Apart from {@link Decision}, which is made for every call.
   *
   * @param drop whether the failure rules out a retry
   */
  private record Failure(Status status, boolean drop) {}

  private static final Set<PendingPick> NONE = Collections.emptySet();

  private final Runnable onPickWhileIdle;
  private final AddrConns subchannels;
  /** In order of arrival; {@link #NONE} while there are none, which is the usual case. */
  private Set<PendingPick> waiting = NONE;

  private volatile State state = new State(null, null, WaitCause.NAME_RESOLUTION);
  private volatile int waitingCount;

  /**
   * @param onPickWhileIdle called after a call was queued while the channel was idle
   * @param subchannels where calls may wait for a stream slot
   */
  PickerWrapper(Runnable onPickWhileIdle, AddrConns subchannels) {
    this.onPickWhileIdle = onPickWhileIdle;
    this.subchannels = subchannels;
  }

  @Override
  public void pick(PendingPick pick) {
    pick(pick, false);
  }

  /**
   * Picks again for a call that was assigned to a subchannel and has waited there for a stream slot
   * until the last connection was lost. Sync context only.
   */
  void repick(PendingPick pick) {
    pick(pick, true);
    cancelIfOver(pick);
  }

  private void pick(PendingPick pick, boolean knowsOfWait) {
    State seen = state;
    Decision decision = decide(seen, pick);
    if (!decision.isFinal() && !knowsOfWait) {
      // Before it is queued, while no other thread knows of the pick.
      pick.onWaiting();
    }
    while (!deliver(pick, decision)) {
      if (!decision.isFinal()) {
        // Before it is queued: the thread that changes the picker sets the cause from then on.
        pick.onWaitingFor(seen.cause);
      }
      if (!decision.isFinal() && enqueue(pick, seen)) {
        if (seen.picker == null) {
          onPickWhileIdle.run();
        }
        return;
      }
      seen = state;
      decision = decide(seen, pick);
    }
  }

  @Override
  public boolean cancel(PendingPick pick) {
    synchronized (this) {
      boolean wasWaiting = waiting.remove(pick);
      waitingCount = waiting.size();
      if (waitingCount == 0) {
        waiting = NONE;
      }
      if (wasWaiting) {
        return true;
      }
    }
    SlotQueue queue = subchannels.queueOf(pick);
    return queue != null && queue.cancel(pick);
  }

  @Override
  public @Nullable String waitsForSlot(PendingPick pick) {
    SlotQueue queue = subchannels.queueOf(pick);
    return queue == null ? null : "a stream slot: " + queue.describe();
  }

  int waitingCalls() {
    return waitingCount;
  }

  /**
   * Lists the calls that wait for a connection.
   *
   * @param cause what all of them wait for
   */
  List<WaitingCall> waiting(WaitCause cause) {
    List<PendingPick> copy;
    synchronized (this) {
      copy = List.copyOf(waiting);
    }
    return copy.stream()
        .map(pick -> WaitingCall.of(pick, cause, OptionalLong.empty()))
        .toList();
  }

  /** Sync context only. {@code null} while the channel is idle: a call then makes it exit idle. */
  void update(@Nullable SubchannelPicker picker, WaitCause cause) {
    if (state.shutdown == null) {
      switchTo(new State(picker, null, cause));
    }
  }

  /** Sync context only. Fails all queued calls and all later ones. */
  void shutdown(Status status) {
    switchTo(new State(null, status, WaitCause.CONNECTING));
  }

  private void switchTo(State next) {
    List<PendingPick> repicked;
    synchronized (this) {
      state = next;
      repicked = List.copyOf(waiting);
    }
    for (PendingPick pick : repicked) {
      Decision decision = decide(next, pick);
      if (!decision.isFinal()) {
        pick.onWaitingFor(next.cause);
      }
      // A pick that was cancelled meanwhile is skipped.
      if (decision.isFinal() && cancel(pick)) {
        if (!deliver(pick, decision)) {
          repick(pick);
        } else if (decision.transport() == null) {
          cancelIfOver(pick);
        }
      }
    }
  }

  /** Removes a pick that ended between the two queues, where its cancel found it in neither. */
  private void cancelIfOver(PendingPick pick) {
    if (!pick.isWanted()) {
      cancel(pick);
    }
  }

  /** Queues the pick; returns false if the picker was replaced since {@code seen}. */
  private boolean enqueue(PendingPick pick, State seen) {
    synchronized (this) {
      if (state != seen) {
        return false;
      }
      if (waiting == NONE) {
        waiting = new LinkedHashSet<>(1);
      }
      waiting.add(pick);
      waitingCount = waiting.size();
      return true;
    }
  }

  /**
   * Completes a pick, or queues it for a stream slot. Returns false if there is nothing to complete
   * it with: because of the decision, or as the subchannel has just lost its connections.
   */
  private static boolean deliver(PendingPick pick, Decision decision) {
    ClientTransport transport = decision.transport();
    PickResult result = decision.result();
    Failure failure = decision.failure();
    if (transport != null && result != null) {
      pick.onPicked(transport, result);
    } else if (result != null) {
      Subchannel subchannel = Objects.requireNonNull(result.getSubchannel());
      SlotQueue slots = addrConnOf(subchannel).view().slots();
      return slots != null && slots.submit(pick, result);
    } else if (failure != null && failure.drop()) {
      pick.onDropped(failure.status());
    } else if (failure != null) {
      pick.onFailed(failure.status());
    }
    return decision.isFinal();
  }

  private static Decision decide(State state, PendingPick pick) {
    if (state.shutdown != null) {
      return failed(state.shutdown, true);
    }
    SubchannelPicker picker = state.picker;
    if (picker == null) {
      return Decision.WAIT;
    }
    try {
      return decide(picker.pickSubchannel(pick.args()), pick);
    } catch (Throwable t) {
      // Errors too: rethrown, they would leave this call without an end, or stop the channel's
      // core.
      return failed(
          Status.INTERNAL
              .withDescription("The load-balancing policy's picker threw: " + t)
              .withCause(t),
          false);
    }
  }

  /** Policies wrap subchannels; this is the one that was made here. */
  private static AddrConn addrConnOf(Subchannel subchannel) {
    return (AddrConn) subchannel.getInternalSubchannel();
  }

  private static Decision failed(Status status, boolean drop) {
    return new Decision(null, null, new Failure(status, drop));
  }

  private static Decision decide(@Nullable PickResult result, PendingPick pick) {
    if (result == null) {
      return failed(
          Status.INTERNAL.withDescription("The load-balancing policy's picker returned null"),
          false);
    }
    Subchannel subchannel = result.getSubchannel();
    if (subchannel != null) {
      AddrConn addrConn = addrConnOf(subchannel);
      ClientTransport transport = addrConn.view().ready();
      if (transport != null) {
        return new Decision(transport, result, null);
      }
      if (addrConn.view().slots() != null) {
        return new Decision(null, result, null);
      }
      if (addrConn.view().state() == ConnectivityState.IDLE) {
        addrConn.requestConnection();
      }
      return Decision.WAIT;
    }
    Status status = result.getStatus();
    // gRFC A6: a drop ends the call whether it waits for ready or not.
    if (status.isOk() || (!result.isDrop() && pick.waitForReady())) {
      return Decision.WAIT;
    }
    return failed(
        ControlPlaneStatus.replaceServerCode(
            status, "Inappropriate status code from the control plane"),
        result.isDrop());
  }
}
