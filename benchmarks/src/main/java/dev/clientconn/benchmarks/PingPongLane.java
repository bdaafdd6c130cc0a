// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.google.protobuf.BytesValue;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * One stream for the whole run by the asynchronous stub: each response has the next request sent.
 */
final class PingPongLane implements StreamObserver<BytesValue> {

  private final CallSource source;
  private final ClosedLoop loop;
  private @Nullable StreamObserver<BytesValue> requests;
  private long startNanos;

  PingPongLane(CallSource source, ClosedLoop loop) {
    this.source = source;
    this.loop = loop;
  }

  void start() {
    StreamObserver<BytesValue> opened = ClientCalls.asyncBidiStreamingCall(source.newCall(), this);
    requests = opened;
    startNanos = System.nanoTime();
    opened.onNext(source.request());
  }

  @Override
  public void onNext(BytesValue message) {
    source.check().message(message);
    StreamObserver<BytesValue> open = requests;
    if (open == null) {
      throw new IllegalStateException("a response came that no request had asked for");
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
    loop.laneEnded();
  }
}
