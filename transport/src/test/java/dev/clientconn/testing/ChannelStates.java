// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits for states of channels, which change on threads of their own. */
public final class ChannelStates {
  private ChannelStates() {}

  public static void await(ConnectivityState expected, ManagedChannel channel)
      throws InterruptedException {
    ConnectivityState state = channel.getState(false);
    while (state != expected) {
      CountDownLatch changed = new CountDownLatch(1);
      channel.notifyWhenStateChanged(state, changed::countDown);
      assertThat(changed.await(60, TimeUnit.SECONDS)).as("left %s", state).isTrue();
      state = channel.getState(false);
    }
  }

  /** Makes a channel idle, and waits for it: a thread that changes its state now does it later. */
  public static void makeIdle(ManagedChannel channel) throws InterruptedException {
    channel.enterIdle();
    await(ConnectivityState.IDLE, channel);
  }
}
