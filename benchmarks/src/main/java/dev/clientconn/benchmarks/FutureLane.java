// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.BytesValue;
import io.grpc.stub.ClientCalls;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One call at a time by the future stub; runs on the thread that completes the future. */
final class FutureLane implements FutureCallback<BytesValue> {

  private final CallSource source;
  private final ClosedLoop loop;
  private long startNanos;

  FutureLane(CallSource source, ClosedLoop loop) {
    this.source = source;
    this.loop = loop;
  }

  void start() {
    startNanos = System.nanoTime();
    call();
  }

  @Override
  public void onSuccess(@Nullable BytesValue message) {
    try {
      source.check().message(Objects.requireNonNull(message));
    } catch (IllegalStateException e) {
      loop.failed(e);
      return;
    }
    long now = System.nanoTime();
    if (loop.completed(startNanos, now)) {
      startNanos = now;
      call();
    }
  }

  @Override
  public void onFailure(Throwable cause) {
    loop.failed(cause);
  }

  private void call() {
    Futures.addCallback(
        ClientCalls.futureUnaryCall(source.newCall(), source.request()),
        this,
        MoreExecutors.directExecutor());
  }
}
