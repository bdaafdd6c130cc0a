// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits for states of channels. */
public final class ChannelStates {

  private ChannelStates() {}

  /**
   * Waits for a state. The end of a call does not replace this: it can succeed or fail by the new
   * picker before the state of the channel is the new one.
   */
  public static void await(ConnectivityState expected, ManagedChannel channel) {
    try {
      ConnectivityState state = channel.getState(false);
      while (state != expected) {
        CountDownLatch changed = new CountDownLatch(1);
        channel.notifyWhenStateChanged(state, changed::countDown);
        assertThat(changed.await(60, TimeUnit.SECONDS)).as("left %s", state).isTrue();
        state = channel.getState(false);
      }
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }
}
