// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Connects channels without a call. */
final class Connections {

  private Connections() {}

  /**
   * Waits until a channel is connected, so that the deadline of the next call expires for the
   * reason that the test is about, not because the connection took long.
   */
  static void await(ManagedChannel channel) {
    ConnectivityState state = channel.getState(true);
    while (state != ConnectivityState.READY) {
      CountDownLatch changed = new CountDownLatch(1);
      channel.notifyWhenStateChanged(state, changed::countDown);
      try {
        assertThat(changed.await(60, TimeUnit.SECONDS)).as("left %s", state).isTrue();
      } catch (InterruptedException interrupted) {
        throw new AssertionError(interrupted);
      }
      state = channel.getState(true);
    }
  }
}
