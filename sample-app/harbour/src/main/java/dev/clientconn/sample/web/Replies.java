// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.web;

import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Collects the responses of a call in a future, which fails if the call fails. */
final class Replies<T> implements StreamObserver<T> {

  private final List<T> received = new ArrayList<>();
  private final CompletableFuture<List<T>> future = new CompletableFuture<>();

  CompletableFuture<List<T>> future() {
    return future;
  }

  @Override
  public void onNext(T reply) {
    received.add(reply);
  }

  @Override
  public void onError(Throwable failure) {
    future.completeExceptionally(failure);
  }

  @Override
  public void onCompleted() {
    future.complete(received);
  }
}
