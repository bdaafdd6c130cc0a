// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.caller;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.BytesValue;
import dev.clientconn.benchmarks.workload.CallKind;
import dev.clientconn.benchmarks.workload.StubMode;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes unary and server streaming calls with the asynchronous or the future stub. Starts the next
 * call on the thread that runs the callbacks of the last one.
 */
final class AsyncCaller extends Caller
    implements StreamObserver<BytesValue>, FutureCallback<BytesValue> {

  private final boolean future;

  AsyncCaller(CallSource source, StubMode mode, ClosedLoop loop) {
    super(source, loop);
    this.future = mode == StubMode.FUTURE || mode == StubMode.FUTURE_VIRTUAL;
  }

  @Override
  void call() {
    if (future) {
      Futures.addCallback(
          ClientCalls.futureUnaryCall(source.newCall(), source.request()),
          this,
          MoreExecutors.directExecutor());
    } else if (source.kind() == CallKind.UNARY) {
      ClientCalls.asyncUnaryCall(source.newCall(), source.request(), this);
    } else {
      ClientCalls.asyncServerStreamingCall(source.newCall(), source.request(), this);
    }
  }

  @Override
  public void onNext(BytesValue message) {
    received(message);
  }

  @Override
  public void onError(Throwable cause) {
    loop.failed(cause);
  }

  @Override
  public void onCompleted() {
    completed();
  }

  @Override
  public void onSuccess(@Nullable BytesValue message) {
    try {
      received(Objects.requireNonNull(message));
    } catch (IllegalStateException e) {
      loop.failed(e);
      return;
    }
    completed();
  }

  @Override
  public void onFailure(Throwable cause) {
    loop.failed(cause);
  }
}
