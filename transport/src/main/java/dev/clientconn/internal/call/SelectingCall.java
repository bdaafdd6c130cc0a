// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.serviceconfig.ServiceConfig;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.InternalConfigSelector;
import io.grpc.InternalConfigSelector.Result;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Asks the name resolver's config selector for the config of one call when the call starts, and
 * then forwards to a {@link ClientCallImpl} with that config, made through the selector's
 * interceptor. An xDS resolver selects routes in this way.
 *
 * <p>Selector and interceptor are foreign code: whatever they throw ends this call alone.
 */
@CrossesThreads
public final class SelectingCall<ReqT, RespT> extends GatedCall<ReqT, RespT> {
  /** What the application may do. */
  private enum State {
    /** Start the call, or cancel it for good. */
    NEW,
    /** Use it, but for a cancel, which waits: the call to forward to may not have been started. */
    STARTING,
    /** Use it: everything is forwarded. */
    STARTED
  }

  private final ConfigGate gate;
  private final SelectedCalls below;

  // Guarded by this
  private State state = State.NEW;
  /** A cancel that came before the state {@code STARTED}. */
  private @Nullable Status cancelled;

  public SelectingCall(
      MethodDescriptor<ReqT, RespT> method,
      CallOptions options,
      CallEnvironment environment,
      ConfigGate gate) {
    this(method, options, environment, gate, null);
  }

  /**
   * Makes a call that has waited before.
   *
   * @param begun its times, if there are any
   */
  SelectingCall(
      MethodDescriptor<ReqT, RespT> method,
      CallOptions options,
      CallEnvironment environment,
      ConfigGate gate,
      @Nullable CallTimeline begun) {
    super(method, options, environment);
    this.gate = gate;
    this.below = new SelectedCalls(method, options, environment, begun);
  }

  // ---- Start

  @Override
  public void start(Listener<RespT> listener, Metadata headers) {
    synchronized (this) {
      ClientCallImpl.checkState(state == State.NEW, "the call was already started");
      ClientCallImpl.checkState(cancelled == null, "the call was cancelled");
      state = State.STARTING;
    }
    InternalConfigSelector selector = gate.selector();
    // Calls below take the context of the thread that makes them, which is this one only now.
    Context previous = context.attach();
    try {
      if (selector == null) {
        // The channel became idle or has another resolver since this call was made.
        startDelegate(
            new PendingCall<>(method, options, environment, gate, below.takeTimeline()),
            listener,
            headers);
      } else {
        startSelected(selector, below.endingOnce(listener), headers);
      }
    } finally {
      context.detach(previous);
    }
    cancelIfCancelled();
  }

  private void startSelected(
      InternalConfigSelector selector, Listener<RespT> listener, Metadata headers) {
    Status failure;
    try {
      Result result = select(selector, headers);
      if (result.getStatus().isOk()) {
        startDelegate(selectedCall(result), listener, headers);
        return;
      }
      failure = ControlPlaneStatus.replaceServerCode(
          result.getStatus(), "The name resolver's config selector failed the call");
    } catch (Throwable t) {
      failure = Status.INTERNAL
          .withDescription("The name resolver's config selector failed: " + t)
          .withCause(t);
    }
    // An interceptor that returned no call cannot have passed the listener on.
    if (below.failUnlessStarted(delegate != null)) {
      startDelegate(new FailedCall<>(failure, executor(), context), listener, headers);
    } else {
      // The end comes from below: a listener must not be called on two threads.
      cancelQuietly(delegate, failure);
    }
    // An interceptor that has thrown may not pass a cancel on.
    cancelQuietly(below.started(), failure);
  }

  private Result select(InternalConfigSelector selector, Metadata headers) {
    @Nullable Result result = selector.selectConfig(new SelectionArgs(method, options, headers));
    if (result == null) {
      throw new IllegalStateException("it returned no result");
    }
    return result;
  }

  private ClientCall<ReqT, RespT> selectedCall(Result result) {
    if (!(result.getConfig() instanceof ServiceConfig config)) {
      throw new IllegalStateException(
          "it returned a config that did not pass through the channel's parser");
    }
    Channel channel = below.channel(config);
    ClientInterceptor interceptor = result.getInterceptor();
    // Interceptors of grpc-xds that delay a call use the executor of its options.
    CallOptions known = options.withExecutor(executor());
    @Nullable
    ClientCall<ReqT, RespT> call = interceptor == null
        ? channel.newCall(method, known)
        : interceptor.interceptCall(method, known, channel);
    if (call == null) {
      throw new IllegalStateException("its interceptor returned no call");
    }
    return call;
  }

  private void startDelegate(
      ClientCall<ReqT, RespT> call, Listener<RespT> listener, Metadata headers) {
    delegate = call;
    call.start(listener, headers);
  }

  /** A cancel that came during the start follows it: a call cannot be started after a cancel. */
  private void cancelIfCancelled() {
    Status status;
    synchronized (this) {
      state = State.STARTED;
      status = cancelled;
    }
    if (status != null) {
      started().cancel(status.getDescription(), status.getCause());
    }
  }

  private static void cancelQuietly(@Nullable ClientCall<?, ?> call, Status failure) {
    try {
      if (call != null) {
        call.cancel(failure.getDescription(), failure.getCause());
      }
    } catch (Throwable again) {
      Throwable cause = failure.getCause();
      if (cause != null && cause != again) {
        cause.addSuppressed(again);
      }
    }
  }

  // ---- Methods that follow the start

  @Override
  public void request(int messages) {
    started().request(messages);
  }

  @Override
  public void sendMessage(ReqT message) {
    started().sendMessage(message);
  }

  @Override
  public void halfClose() {
    started().halfClose();
  }

  @Override
  public void setMessageCompression(boolean enabled) {
    started().setMessageCompression(enabled);
  }

  @Override
  public void cancel(@Nullable String message, @Nullable Throwable cause) {
    synchronized (this) {
      if (state != State.STARTED) {
        if (cancelled == null) {
          cancelled = ClientCallImpl.cancellation(message, cause);
        }
        return;
      }
    }
    started().cancel(message, cause);
  }

  private ClientCall<ReqT, RespT> started() {
    ClientCall<ReqT, RespT> call = delegate;
    if (call == null) {
      throw new IllegalStateException("the call was not started");
    }
    return call;
  }

  /** Describes a call, with its own options and metadata, to a config selector. */
  private static final class SelectionArgs extends PickSubchannelArgs {
    private final MethodDescriptor<?, ?> method;
    private final CallOptions options;
    private final Metadata headers;

    SelectionArgs(MethodDescriptor<?, ?> method, CallOptions options, Metadata headers) {
      this.method = method;
      this.options = options;
      this.headers = headers;
    }

    @Override
    public CallOptions getCallOptions() {
      return options;
    }

    @Override
    public Metadata getHeaders() {
      return headers;
    }

    @Override
    public MethodDescriptor<?, ?> getMethodDescriptor() {
      return method;
    }
  }
}
