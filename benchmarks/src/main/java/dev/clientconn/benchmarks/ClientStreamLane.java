// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.google.protobuf.BytesValue;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import org.jspecify.annotations.Nullable;

/**
 * One client stream at a time by the asynchronous stub; sends while the stream is ready, on its
 * callback thread.
 */
final class ClientStreamLane implements ClientResponseObserver<BytesValue, BytesValue> {

  private final CallSource source;
  private final ClosedLoop loop;
  private long startNanos;
  private int toSend;
  private int responses;

  ClientStreamLane(CallSource source, ClosedLoop loop) {
    this.source = source;
    this.loop = loop;
  }

  void start() {
    startNanos = System.nanoTime();
    call();
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<BytesValue> requests) {
    requests.setOnReadyHandler(() -> send(requests));
  }

  @Override
  public void onNext(@Nullable BytesValue message) {
    responses++;
    if (message != null) {
      source.check().message(message);
    }
  }

  @Override
  public void onError(Throwable cause) {
    loop.failed(cause);
  }

  @Override
  public void onCompleted() {
    try {
      source.check().end(responses);
      if (toSend > 0) {
        throw new IllegalStateException("the server answered before " + toSend + " requests");
      }
    } catch (IllegalStateException e) {
      loop.failed(e);
      return;
    }
    long now = System.nanoTime();
    if (loop.ended(startNanos, now)) {
      startNanos = now;
      call();
    }
  }

  private void call() {
    toSend = source.requests();
    responses = 0;
    ClientCalls.asyncClientStreamingCall(source.newCall(), this);
  }

  private void send(ClientCallStreamObserver<BytesValue> requests) {
    if (toSend == 0) {
      return;
    }
    while (toSend > 0 && requests.isReady()) {
      requests.onNext(source.request());
      loop.operation();
      toSend--;
    }
    if (toSend == 0) {
      requests.onCompleted();
    }
  }
}
