// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.message.FramedMessage;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Implements io.grpc's call for stubs and interceptors: checks the order of its methods, marshals
 * on the caller's thread, and delegates to an {@link ActiveCall} from the start on. A call that
 * sends one message opens at half-close, when the request is complete and fits into one command.
 */
@CrossesThreads
public final class ClientCallImpl<ReqT, RespT> extends ClientCall<ReqT, RespT> {
  private final MethodDescriptor<ReqT, RespT> method;
  private final CallOptions options;
  private final CallEnvironment environment;
  private final Context context = Context.current();
  private final @Nullable CallTimeline begun;

  // Plain fields: io.grpc allows only cancel() on other threads than the one that writes.
  private @Nullable MessageEncoder<ReqT> encoder;
  private boolean opensAtHalfClose;
  private boolean wroteMessage;
  private boolean halfClosed;
  private volatile @Nullable ActiveCall active;
  private volatile @Nullable Status cancelled;

  public ClientCallImpl(
      MethodDescriptor<ReqT, RespT> method, CallOptions options, CallEnvironment environment) {
    this(method, options, environment, null);
  }

  /**
   * Makes a call that has waited before.
   *
   * @param begun its times, if there are any
   */
  ClientCallImpl(
      MethodDescriptor<ReqT, RespT> method,
      CallOptions options,
      CallEnvironment environment,
      @Nullable CallTimeline begun) {
    this.begun = begun;
    this.method = method;
    this.options = options;
    this.environment = environment;
  }

  @Override
  public void start(Listener<RespT> listener, Metadata headers) {
    checkState(active == null, "the call was already started");
    checkState(cancelled == null, "the call was cancelled");
    CallPlan plan = new CallPlan(method, options, environment, context, headers);
    encoder = new MessageEncoder<>(method, plan);
    opensAtHalfClose = plan.clientSendsOneMessage();
    ActiveCall call = new ActiveCall(plan, method, newRequest(plan), listener, begun);
    // Before a cancel on another thread can count the end.
    environment.lifecycle().callStarted();
    active = call;
    Status refusal = plan.refusal();
    if (refusal != null) {
      // Not thrown: a start that throws would leave the listener without an end.
      call.refuse(refusal);
      return;
    }
    if (opensAtHalfClose) {
      call.awaitHalfClose();
    } else {
      call.open();
    }
    call.watchContext();
    // A cancel from another thread found no active call if it came before the field was set.
    Status early = cancelled;
    if (early != null) {
      call.cancel(early);
    }
  }

  private CallRequest newRequest(CallPlan plan) {
    if (opensAtHalfClose) {
      return new SingleMessageRequest();
    }
    return plan.maxHedgedAttempts() > 1
        ? new HedgedRequest(environment.retryBuffer())
        : new StreamingRequest(environment.retryBuffer());
  }

  @Override
  public void request(int messages) {
    if (messages < 0) {
      throw new IllegalArgumentException("asked for " + messages + " messages");
    }
    ActiveCall call = started();
    if (messages > 0) {
      call.requestMessages(messages);
    }
  }

  @Override
  public void sendMessage(ReqT message) {
    ActiveCall call = writable();
    if (opensAtHalfClose && wroteMessage) {
      // Ends the call, as a generated stub cannot do this: an interceptor has sent it twice.
      call.cancel(Status.INTERNAL.withDescription(
          method.getFullMethodName() + " takes one message; a second one was sent"));
      return;
    }
    wroteMessage = true;
    FramedMessage framed;
    try {
      framed = encoder().encode(message);
    } catch (Exception e) {
      // Not rethrown: the cause is in the status, which the listener gets once.
      call.cancel(Status.CANCELLED.withDescription("Failed to stream message").withCause(e));
      return;
    } catch (Error e) {
      // Rethrown after the call has ended: the caller may have to stop, as after lack of memory.
      call.cancel(Status.CANCELLED.withDescription("Failed to stream message").withCause(e));
      throw e;
    }
    call.write(framed);
  }

  @Override
  public void halfClose() {
    ActiveCall call = writable();
    halfClosed = true;
    if (opensAtHalfClose) {
      call.open();
    } else {
      call.request().halfClose();
    }
  }

  @Override
  public void cancel(@Nullable String message, @Nullable Throwable cause) {
    if (cancelled != null) {
      // The first cancel counts. Two at the same time may both pass: the call's state chooses one.
      return;
    }
    Status status = cancellation(message, cause);
    cancelled = status;
    ActiveCall call = active;
    if (call != null) {
      call.cancel(status);
    }
  }

  /** The status of a call that is cancelled with this message and cause. */
  static Status cancellation(@Nullable String message, @Nullable Throwable cause) {
    // The stack trace leads to the code that cancelled without saying why.
    Throwable reason = message == null && cause == null
        ? new CancellationException("Cancelled without a message or cause")
        : cause;
    return Status.CANCELLED
        .withDescription(message == null ? "Call cancelled without message" : message)
        .withCause(reason);
  }

  @Override
  public boolean isReady() {
    ActiveCall call = active;
    return call != null && !halfClosed && call.isReady();
  }

  @Override
  public void setMessageCompression(boolean enabled) {
    started();
    encoder().setCompress(enabled);
  }

  @Override
  public Attributes getAttributes() {
    ActiveCall call = active;
    return call == null ? Attributes.EMPTY : call.attributes();
  }

  private ActiveCall started() {
    ActiveCall call = active;
    if (call == null) {
      throw new IllegalStateException("the call was not started");
    }
    return call;
  }

  private ActiveCall writable() {
    ActiveCall call = started();
    checkState(cancelled == null, "the call was cancelled");
    checkState(!halfClosed, "the call was half-closed");
    return call;
  }

  private MessageEncoder<ReqT> encoder() {
    if (encoder == null) {
      throw new IllegalStateException("the call was not started");
    }
    return encoder;
  }

  static void checkState(boolean holds, String message) {
    if (!holds) {
      throw new IllegalStateException(message);
    }
  }

  @Override
  public String toString() {
    return "ClientCallImpl{" + method.getFullMethodName() + "}";
  }
}
