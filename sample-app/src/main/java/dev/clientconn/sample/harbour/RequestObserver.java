// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.harbour;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;

/**
 * Takes a stream of requests. The first one refused ends the call; what still arrives is dropped.
 */
abstract class RequestObserver<T> implements StreamObserver<T> {

  private final StreamObserver<?> replies;
  private boolean closed;

  RequestObserver(StreamObserver<?> replies) {
    this.replies = replies;
  }

  /** Handles one request, or throws the status to refuse it with. */
  abstract void received(T request);

  /** Answers the stream as a whole, or throws the status to refuse it with. */
  void ended() {}

  @Override
  public final void onNext(T request) {
    answer(() -> received(request));
  }

  @Override
  public final void onCompleted() {
    answer(this::ended);
    if (!closed) {
      replies.onCompleted();
    }
  }

  @Override
  public final void onError(Throwable cancelled) {
    closed = true;
  }

  private void answer(Runnable action) {
    if (closed) {
      return;
    }
    try {
      action.run();
    } catch (StatusRuntimeException refusal) {
      closed = true;
      replies.onError(refusal);
    }
  }
}
