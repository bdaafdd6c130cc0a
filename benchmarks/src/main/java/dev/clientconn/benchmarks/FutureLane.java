// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.BytesValue;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.stub.ClientCalls;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One call at a time by the future stub; runs on the thread that completes the future. */
final class FutureLane implements FutureCallback<BytesValue> {

  private final Channel channel;
  private final BytesValue request;
  private final CallCheck check;
  private final ClosedLoop loop;
  private long startNanos;

  FutureLane(Channel channel, BytesValue request, CallCheck check, ClosedLoop loop) {
    this.channel = channel;
    this.request = request;
    this.check = check;
    this.loop = loop;
  }

  void start() {
    startNanos = System.nanoTime();
    call();
  }

  @Override
  public void onSuccess(@Nullable BytesValue message) {
    try {
      check.message(Objects.requireNonNull(message));
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
        ClientCalls.futureUnaryCall(
            channel.newCall(EchoMethods.UNARY, CallOptions.DEFAULT), request),
        this,
        MoreExecutors.directExecutor());
  }
}
