// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.call.TransportSource;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.testing.FakeTransport;
import io.grpc.CallOptions;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** Stands for a call that asks for a transport, and records the outcome. */
public final class FakePick implements TransportSource.PendingPick {
  public @Nullable FakeTransport transport;
  public @Nullable PickResult result;
  public @Nullable Status failure;
  public boolean dropped;
  public int waits;
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
  public void onWaiting() {
    assertFirst();
    waits++;
  }

  @Override
  public void onPicked(ClientTransport picked, PickResult with) {
    assertFirst();
    transport = (FakeTransport) picked;
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

  private void assertFirst() {
    if (!isWaiting()) {
      throw new AssertionError("a pick was completed twice");
    }
  }
}
