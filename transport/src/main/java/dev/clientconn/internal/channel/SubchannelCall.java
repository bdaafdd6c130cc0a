// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.call.CallEnvironment;
import dev.clientconn.internal.call.TransportSource;
import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.transport.ClientTransport;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.Status;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Selects the transport of one call over a subchannel's own connection, and ends the call with the
 * subchannel. It never waits for a connection: a policy asks for these calls while it is READY.
 */
@CrossesThreads
final class SubchannelCall implements TransportSource, CallEnvironment.Lifecycle {
  private static final Status NOT_READY =
      Status.UNAVAILABLE.withDescription("The subchannel is not READY");

  private final PickResult result;
  private final AddrConnView view;
  private final Function<SubchannelCall, @Nullable Status> onStart;
  private final Consumer<SubchannelCall> onEnd;

  /** Of the last attempt. */
  private volatile @Nullable PendingPick last;

  private volatile @Nullable Status ended;

  /**
   * @param onStart called when the call is started; returns the status that it ends with at once
   * @param onEnd called when the call has ended
   */
  SubchannelCall(
      Subchannel subchannel,
      AddrConnView view,
      Function<SubchannelCall, @Nullable Status> onStart,
      Consumer<SubchannelCall> onEnd) {
    this.result = PickResult.withSubchannel(subchannel);
    this.view = view;
    this.onStart = onStart;
    this.onEnd = onEnd;
  }

  @Override
  public void callStarted() {
    Status end = onStart.apply(this);
    // Nothing is written otherwise: the subchannel may end since then, which sets the status.
    if (end != null) {
      ended = end;
    }
  }

  @Override
  public void callEnded() {
    onEnd.accept(this);
  }

  @Override
  public void pick(PendingPick pick) {
    // Before the status is read: a thread that ends the call sets the status, then reads the pick.
    last = pick;
    Status end = ended;
    if (end != null) {
      pick.onDropped(end);
      return;
    }
    ClientTransport transport = view.ready();
    SlotQueue slots = view.slots();
    if (transport != null) {
      pick.onPicked(transport, result);
    } else if (slots == null || !slots.submit(pick, result)) {
      pick.onFailed(NOT_READY);
    }
  }

  @Override
  public boolean cancel(PendingPick pick) {
    SlotQueue slots = view.slots();
    return slots != null && slots.cancel(pick);
  }

  @Override
  public @Nullable String waitsForSlot(PendingPick pick) {
    SlotQueue slots = view.slots();
    return slots != null && slots.contains(pick) ? "a stream slot: " + slots.describe() : null;
  }

  /** Fails the pick, which was removed from the queue for stream slots, if it is this call's. */
  @SuppressWarnings("ReferenceEquality") // a pick is an object with an identity
  boolean failWaiting(PendingPick pick) {
    if (last != pick) {
      return false;
    }
    pick.onFailed(NOT_READY);
    return true;
  }

  /** Ends the call at any stage. */
  void end(Status reason) {
    ended = reason;
    PendingPick known = last;
    if (known != null) {
      known.cancel(reason);
    }
  }
}
