// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.harbour;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;

/**
 * Receives a stream of requests. The first invalid request ends the call; later ones are ignored.
 */
abstract class RequestObserver<T> implements StreamObserver<T> {

  private final StreamObserver<?> replies;
  private boolean closed;

  RequestObserver(StreamObserver<?> replies) {
    this.replies = replies;
  }

  /** Handles one request, or throws the status to end the call with. */
  abstract void received(T request);

  /** Responds after the last request, or throws the status to end the call with. */
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
