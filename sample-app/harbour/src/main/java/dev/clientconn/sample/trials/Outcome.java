// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.trials;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.function.Consumer;

/** Ignores the messages of a response, and reports how its call ended. */
class Outcome<Q, S> implements ClientResponseObserver<Q, S> {

  private final Consumer<Status> ended;

  Outcome(Consumer<Status> ended) {
    this.ended = ended;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<Q> call) {}

  @Override
  public final void onNext(S message) {}

  @Override
  public final void onError(Throwable failure) {
    ended.accept(Status.fromThrowable(failure));
  }

  @Override
  public final void onCompleted() {
    ended.accept(Status.OK);
  }
}
