// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.crosslang;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Collects what a call delivers; the test's thread takes it, waiting at most {@value #SECONDS} s
 * each time.
 */
final class Replies<T> implements StreamObserver<T> {
  private static final int SECONDS = 150;

  private final BlockingQueue<T> messages = new LinkedBlockingQueue<>();
  private final CompletableFuture<Status> end = new CompletableFuture<>();

  @Override
  public void onNext(T message) {
    messages.add(message);
  }

  @Override
  public void onError(Throwable t) {
    end.complete(Status.fromThrowable(t));
  }

  @Override
  public void onCompleted() {
    end.complete(Status.OK);
  }

  T next() throws InterruptedException {
    T message = messages.poll(SECONDS, TimeUnit.SECONDS);
    assertThat(message)
        .as("message within %d s; the call's end: %s", SECONDS, end)
        .isNotNull();
    return message;
  }

  Status status() {
    return end.orTimeout(SECONDS, TimeUnit.SECONDS).join();
  }

  /** What was delivered and not yet taken, once the call has ended well. */
  List<T> remaining() {
    assertThat(status()).isEqualTo(Status.OK);
    List<T> all = new ArrayList<>();
    messages.drainTo(all);
    return all;
  }
}
