// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.google.protobuf.BytesValue;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import org.jspecify.annotations.Nullable;

/**
 * One stream for the whole run by the asynchronous stub: sends while the stream is ready and takes what comes, both on its
 * callback thread. A response message is an operation; requests are not counted.
 */
final class DuplexLane implements ClientResponseObserver<BytesValue, BytesValue> {

  private final CallSource source;
  private final ClosedLoop loop;
  private @Nullable ClientCallStreamObserver<BytesValue> requests;

  DuplexLane(CallSource source, ClosedLoop loop) {
    this.source = source;
    this.loop = loop;
  }

  void start() {
    ClientCalls.asyncBidiStreamingCall(source.newCall(), this);
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<BytesValue> opened) {
    requests = opened;
    opened.setOnReadyHandler(this::send);
  }

  @Override
  public void onNext(BytesValue message) {
    source.check().message(message);
    loop.operation();
    if (loop.stopped()) {
      halfClose();
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

  private void send() {
    ClientCallStreamObserver<BytesValue> open = requests;
    while (open != null && open.isReady() && !loop.stopped()) {
      open.onNext(source.request());
    }
    if (loop.stopped()) {
      halfClose();
    }
  }

  private void halfClose() {
    ClientCallStreamObserver<BytesValue> open = requests;
    if (open != null) {
      requests = null;
      open.onCompleted();
    }
  }
}
