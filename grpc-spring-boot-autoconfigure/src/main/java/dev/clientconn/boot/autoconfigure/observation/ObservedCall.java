// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.observation;

import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.Status;
import io.micrometer.core.instrument.binder.grpc.GrpcObservationDocumentation.GrpcClientEvents;
import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/**
 * Reports the progress of a call to its observation, which is the current one while interceptors
 * inside of this call start it and send its messages.
 */
final class ObservedCall<ReqT, RespT> extends SimpleForwardingClientCall<ReqT, RespT> {

  private final CallObservation observation;

  /** What an interceptor inside of this call threw after the start; written by the caller. */
  private @Nullable Throwable failure;

  ObservedCall(ClientCall<ReqT, RespT> call, CallObservation observation) {
    super(call);
    this.observation = observation;
  }

  @Override
  public void start(Listener<RespT> listener, Metadata headers) {
    this.observation.start(headers);
    Observation.Scope scope = this.observation.openScope();
    try {
      super.start(new ObservedListener<>(listener, this.observation), headers);
    } catch (Throwable thrown) {
      this.observation.end(thrown);
      throw thrown;
    } finally {
      this.observation.closeScope(scope);
    }
  }

  @Override
  public void sendMessage(ReqT message) {
    this.observation.event(GrpcClientEvents.MESSAGE_SENT);
    Observation.Scope scope = this.observation.openScope();
    try {
      super.sendMessage(message);
    } catch (Throwable thrown) {
      this.failure = thrown;
      throw thrown;
    } finally {
      this.observation.closeScope(scope);
    }
  }

  @Override
  public void halfClose() {
    Observation.Scope scope = this.observation.openScope();
    try {
      super.halfClose();
    } catch (Throwable thrown) {
      this.failure = thrown;
      throw thrown;
    } finally {
      this.observation.closeScope(scope);
    }
  }

  /**
   * Cancels the call. A blocking stub cancels a call that threw and then runs no more callbacks, so
   * the status would never be delivered.
   */
  @Override
  public void cancel(@Nullable String message, @Nullable Throwable cause) {
    super.cancel(message, cause);
    Throwable thrown = this.failure;
    if (thrown != null) {
      this.observation.end(thrown);
    }
  }

  private static final class ObservedListener<RespT>
      extends SimpleForwardingClientCallListener<RespT> {

    private final CallObservation observation;

    ObservedListener(ClientCall.Listener<RespT> listener, CallObservation observation) {
      super(listener);
      this.observation = observation;
    }

    @Override
    public void onHeaders(Metadata headers) {
      this.observation.setHeaders(headers);
      super.onHeaders(headers);
    }

    @Override
    public void onMessage(RespT message) {
      this.observation.event(GrpcClientEvents.MESSAGE_RECEIVED);
      super.onMessage(message);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      this.observation.end(status, trailers);
      super.onClose(status, trailers);
    }
  }
}
