// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.transport.ClientTransport;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer.PickDetailsConsumer;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Completes picks at once with {@link #transport}, or holds them in {@link #waiting} while that is
 * {@code null}.
 */
public final class FakeSource implements TransportSource {
  public static final PickResult PICKED = PickResult.withSubchannel(new NoSubchannel());

  public @Nullable ClientTransport transport;
  public PickResult result = PICKED;
  /** Fails every pick, if set. */
  public @Nullable Status failure;

  public int picks;
  private @Nullable CallOptions lastOptions;

  /** The stream slot that waiting picks wait for, if any. */
  public @Nullable String slot;

  /** Adds labels to a pick, as a picker may. */
  public Consumer<PickDetailsConsumer> label = details -> {};

  public final List<PendingPick> waiting = new ArrayList<>();

  @Override
  public void pick(PendingPick pick) {
    picks++;
    lastOptions = pick.args().getCallOptions();
    label.accept(pick.args().getPickDetailsConsumer());
    if (failure != null) {
      pick.onFailed(failure);
    } else if (transport == null) {
      pick.onWaiting();
      waiting.add(pick);
    } else {
      pick.onPicked(transport, result);
    }
  }

  @Override
  public boolean cancel(PendingPick pick) {
    return waiting.remove(pick);
  }

  @Override
  public @Nullable String waitsForSlot(PendingPick pick) {
    return waiting.contains(pick) ? slot : null;
  }

  /** The options of the call that picked last. */
  public CallOptions lastOptions() {
    return Objects.requireNonNull(lastOptions, "no call picked");
  }

  /** Completes the pick that has waited longest, as the control plane does. */
  public void complete(ClientTransport with) {
    waiting.remove(0).onPicked(with, result);
  }

  public static final class NoSubchannel extends Subchannel {
    @Override
    public void shutdown() {}

    @Override
    public void requestConnection() {}

    @Override
    public List<EquivalentAddressGroup> getAllAddresses() {
      return List.of();
    }

    @Override
    public Attributes getAttributes() {
      return Attributes.EMPTY;
    }
  }
}
