// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.call.TransportSource;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.testing.FakeStream;
import dev.clientconn.testing.FakeTransport;
import dev.clientconn.transport.WaitCause;
import io.grpc.CallOptions;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Stands for a call that asks for a transport, and records the outcome. */
public final class FakePick implements TransportSource.PendingPick {
  public @Nullable FakeTransport transport;
  /** The transport as it was passed to the pick: for one stream. */
  public @Nullable ClientTransport given;

  /** Whether the call has ended without a cancel of the pick. */
  public boolean over;

  public boolean deadlinePassed;
  public @Nullable PickResult result;
  public @Nullable Status failure;
  public boolean dropped;
  public int waits;
  public final List<WaitCause> causes = new ArrayList<>();
  private final boolean waitForReady;

  FakePick(boolean waitForReady) {
    this.waitForReady = waitForReady;
  }

  public boolean isWaiting() {
    return transport == null && failure == null;
  }

  public FakeTransport picked() {
    if (transport == null) {
      throw new AssertionError("no transport was picked; failure: " + failure);
    }
    return transport;
  }

  public Status failed() {
    if (failure == null) {
      throw new AssertionError("the pick did not fail");
    }
    return failure;
  }

  /** Runs when the pick has its transport. */
  public Consumer<FakePick> onPicked = pick -> {};

  /** Opens the call's stream on the transport that was picked. */
  public FakeStream open() {
    return FakeTransport.open(Objects.requireNonNull(given, "no transport was picked"));
  }

  @Override
  public boolean isWanted() {
    return !over;
  }

  @Override
  public boolean isDeadlinePassed() {
    return deadlinePassed;
  }

  @Override
  public PickSubchannelArgs args() {
    return new PickSubchannelArgs() {
      @Override
      public CallOptions getCallOptions() {
        return CallOptions.DEFAULT;
      }

      @Override
      public Metadata getHeaders() {
        return new Metadata();
      }

      @Override
      public MethodDescriptor<?, ?> getMethodDescriptor() {
        return ChannelHarness.METHOD;
      }
    };
  }

  @Override
  public boolean waitForReady() {
    return waitForReady;
  }

  @Override
  public void onWaitingFor(WaitCause cause) {
    causes.add(cause);
  }

  @Override
  public void onWaiting() {
    assertFirst();
    waits++;
  }

  @Override
  public void onPicked(ClientTransport picked, PickResult with) {
    assertFirst();
    given = picked;
    transport = (FakeTransport)
        (picked instanceof SlotReservation reservation ? reservation.transport() : picked);
    onPicked.accept(this);
    result = with;
  }

  @Override
  public void onFailed(Status status) {
    assertFirst();
    failure = status;
  }

  @Override
  public void onDropped(Status status) {
    onFailed(status);
    dropped = true;
  }

  @Override
  public void cancel(Status reason) {
    over = true;
  }

  private void assertFirst() {
    if (!isWaiting()) {
      throw new AssertionError("a pick was completed twice");
    }
  }
}
