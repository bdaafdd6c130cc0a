// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.interceptor;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/** Ends a call as soon as it is started, because an interceptor has failed. */
final class FailedCall<ReqT, RespT> extends ClientCall<ReqT, RespT> {

  private final Status status;

  private final Metadata trailers;

  FailedCall(Status status, @Nullable Metadata trailers) {
    this.status = status;
    this.trailers = trailers == null ? new Metadata() : trailers;
  }

  /** Ends a call with the status that was thrown, or with INTERNAL for other exceptions. */
  static <ReqT, RespT> ClientCall<ReqT, RespT> because(String what, Throwable thrown) {
    if (thrown instanceof StatusRuntimeException rejected
        && !rejected.getStatus().isOk()) {
      return new FailedCall<>(rejected.getStatus(), rejected.getTrailers());
    }
    if (thrown instanceof StatusException rejected && !rejected.getStatus().isOk()) {
      return new FailedCall<>(rejected.getStatus(), rejected.getTrailers());
    }
    return new FailedCall<>(
        Status.INTERNAL.withDescription(what + ": " + thrown).withCause(thrown), null);
  }

  @Override
  public void start(Listener<RespT> listener, Metadata headers) {
    listener.onClose(this.status, this.trailers);
  }

  // The call has ended: what follows has no effect.

  @Override
  public void request(int messages) {}

  @Override
  public void cancel(@Nullable String message, @Nullable Throwable cause) {}

  @Override
  public void halfClose() {}

  @Override
  public void sendMessage(ReqT message) {}
}
