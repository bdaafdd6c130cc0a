// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.testing.ManualExecutor;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class FailedCallTest {
  private static final Status WHY = Status.UNAVAILABLE.withDescription("why");

  private final ManualExecutor executor = new ManualExecutor();
  private final RecordingListener listener = new RecordingListener();

  @Conforms("C059")
  @Test
  void endsOnTheCallsExecutorWithTheGivenStatus() {
    var call = new FailedCall<String, String>(WHY, executor, Context.current());
    call.start(listener, new Metadata());
    call.request(1);
    call.sendMessage("hello");
    call.halfClose();
    call.cancel("late", null);
    assertThat(listener.events).isEmpty();

    executor.runAll();

    assertThat(listener.events).containsExactly("close(UNAVAILABLE)");
    assertThat(listener.description()).isEqualTo("why");
  }

  @Test
  void isNeverReady() {
    var call = new FailedCall<String, String>(WHY, Runnable::run, Context.current());
    call.start(listener, new Metadata());

    assertThat(call.isReady()).isFalse();
  }

  @Test
  void anExecutorThatRejectsStillLetsTheCallEnd() {
    executor.rejects = true;

    new FailedCall<String, String>(WHY, executor, Context.current())
        .start(listener, new Metadata());

    assertThat(listener.events).containsExactly("close(UNAVAILABLE)");
  }

  @Test
  void anExecutorThatRunsTheTaskAndThrowsGetsOneEnd() {
    new FailedCall<String, String>(
            WHY,
            task -> {
              task.run();
              throw new RejectedExecutionException("after the fact");
            },
            Context.current())
        .start(listener, new Metadata());

    assertThat(listener.events).containsExactly("close(UNAVAILABLE)");
  }

  @Test
  void theListenerRunsInTheCallsContextAndItsExceptionIsKeptFromTheCaller() {
    Context context = Context.current().withValue(Context.key("user"), "alice");
    Context[] seen = new Context[1];
    listener.duringClose = () -> {
      seen[0] = Context.current();
      throw new IllegalStateException("broken listener");
    };

    new FailedCall<String, String>(WHY, Runnable::run, context).start(listener, new Metadata());

    assertThat(seen[0]).isSameAs(context);
  }
}
