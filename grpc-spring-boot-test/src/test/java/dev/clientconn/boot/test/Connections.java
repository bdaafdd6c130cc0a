// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.clientconn.boot.test.greeter.GreetRequest;
import dev.clientconn.boot.test.greeter.GreeterGrpc.GreeterBlockingStub;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Connects channels without a call, and looks at calls that expire on them. */
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

  /**
   * Checks where the deadline of a call finds it. A machine that stands still for long enough lets
   * a deadline expire before the call has come to what it is to wait for; a longer one does not.
   */
  static void assertExpires(GreeterBlockingStub greeter, GreetRequest request, String text) {
    for (int millis = 400; ; millis *= 2) {
      GreeterBlockingStub stub = greeter.withDeadlineAfter(millis, TimeUnit.MILLISECONDS);
      StatusRuntimeException failure =
          catchThrowableOfType(StatusRuntimeException.class, () -> stub.greet(request));
      assertThat(failure).isNotNull();
      assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      String description = String.valueOf(failure.getStatus().getDescription());
      if (description.contains(text) || millis > 20_000) {
        assertThat(description).contains(text);
        return;
      }
    }
  }
}
