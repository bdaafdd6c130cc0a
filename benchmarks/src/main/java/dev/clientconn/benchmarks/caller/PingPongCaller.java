// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.caller;

import com.google.protobuf.BytesValue;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one stream open for the whole run with the asynchronous stub and sends the next request
 * when it receives a response. A round trip is an operation.
 */
final class PingPongCaller extends Caller implements StreamObserver<BytesValue> {

  private @Nullable StreamObserver<BytesValue> requests;

  PingPongCaller(CallSource source, ClosedLoop loop) {
    super(source, loop);
  }

  @Override
  void call() {
    StreamObserver<BytesValue> opened = ClientCalls.asyncBidiStreamingCall(source.newCall(), this);
    requests = opened;
    startNanos = System.nanoTime();
    opened.onNext(source.request());
  }

  @Override
  public void onNext(BytesValue message) {
    source.check(message);
    StreamObserver<BytesValue> open = requests;
    if (open == null) {
      throw new IllegalStateException("received a response without a request");
    }
    long now = System.nanoTime();
    if (loop.roundTrip(startNanos, now)) {
      startNanos = now;
      open.onNext(source.request());
    } else {
      requests = null;
      open.onCompleted();
    }
  }

  @Override
  public void onError(Throwable cause) {
    loop.failed(cause);
  }

  @Override
  public void onCompleted() {
    loop.streamEnded();
  }
}
