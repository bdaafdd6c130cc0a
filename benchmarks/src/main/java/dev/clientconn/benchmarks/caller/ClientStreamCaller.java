// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.caller;

import com.google.protobuf.BytesValue;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import org.jspecify.annotations.Nullable;

/**
 * Makes client streaming calls with the asynchronous stub. Sends while the stream is ready, on its
 * callback thread; a request message is an operation.
 */
final class ClientStreamCaller extends Caller
    implements ClientResponseObserver<BytesValue, BytesValue> {

  private int toSend;

  ClientStreamCaller(CallSource source, ClosedLoop loop) {
    super(source, loop);
  }

  @Override
  void call() {
    toSend = source.requests();
    ClientCalls.asyncClientStreamingCall(source.newCall(), this);
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<BytesValue> requests) {
    requests.setOnReadyHandler(() -> send(requests));
  }

  @Override
  public void onNext(@Nullable BytesValue message) {
    if (message != null) {
      received(message);
    }
  }

  @Override
  public void onError(Throwable cause) {
    loop.failed(cause);
  }

  @Override
  public void onCompleted() {
    if (toSend > 0) {
      loop.failed(new IllegalStateException("the server responded before " + toSend + " requests"));
    } else {
      completed();
    }
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
