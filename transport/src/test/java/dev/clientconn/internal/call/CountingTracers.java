// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Creates tracers, on any thread, and counts how many of them were closed, and closed again. */
final class CountingTracers extends ClientStreamTracer.Factory {
  private final AtomicInteger made = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();
  private final AtomicInteger closedAgain = new AtomicInteger();

  @Override
  public ClientStreamTracer newClientStreamTracer(
      ClientStreamTracer.StreamInfo info, Metadata headers) {
    made.incrementAndGet();
    return new Tracer();
  }

  void assertEachClosedOnce(int atLeast) {
    assertThat(made).hasValueGreaterThanOrEqualTo(atLeast);
    assertThat(closed).hasValue(made.get());
    assertThat(closedAgain).hasValue(0);
  }

  private final class Tracer extends ClientStreamTracer {
    private final AtomicBoolean isClosed = new AtomicBoolean();

    @Override
    public void streamClosed(Status status) {
      (isClosed.compareAndSet(false, true) ? closed : closedAgain).incrementAndGet();
    }
  }
}
