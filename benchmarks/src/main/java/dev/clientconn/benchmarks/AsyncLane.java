// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.google.protobuf.BytesValue;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;

/**
 * One call with one request at a time by the asynchronous stub: unary, or a server stream whose messages it counts. Runs on
 * the thread that hears of the call's end.
 */
final class AsyncLane implements StreamObserver<BytesValue> {

  private final CallSource source;
  private final boolean streaming;
  private final ClosedLoop loop;
  private long startNanos;
  private int messages;

  AsyncLane(CallSource source, ClosedLoop loop) {
    this.source = source;
    this.streaming = source.kind() == CallKind.SERVER_STREAM;
    this.loop = loop;
  }

  void start() {
    startNanos = System.nanoTime();
    call();
  }

  @Override
  public void onNext(BytesValue message) {
    messages++;
    source.check().message(message);
    if (streaming) {
      loop.operation();
    }
  }

  @Override
  public void onError(Throwable cause) {
    loop.failed(cause);
  }

  @Override
  public void onCompleted() {
    try {
      source.check().end(messages);
    } catch (IllegalStateException e) {
      loop.failed(e);
      return;
    }
    long now = System.nanoTime();
    if (streaming ? loop.ended(startNanos, now) : loop.completed(startNanos, now)) {
      startNanos = now;
      call();
    }
  }

  private void call() {
    messages = 0;
    if (streaming) {
      ClientCalls.asyncServerStreamingCall(source.newCall(), source.request(), this);
    } else {
      ClientCalls.asyncUnaryCall(source.newCall(), source.request(), this);
    }
  }
}
