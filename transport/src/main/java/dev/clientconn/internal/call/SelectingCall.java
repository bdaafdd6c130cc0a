// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.serviceconfig.ServiceConfig;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.InternalConfigSelector;
import io.grpc.InternalConfigSelector.Result;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Asks the name resolver's config selector for the config of one call when the call starts, and
 * then forwards to a {@link ClientCallImpl} with that config, made through the selector's
 * interceptor. An xDS resolver selects routes in this way.
 *
 * <p>Selector and interceptor are foreign code: whatever they throw ends this call alone.
 */
@CrossesThreads
public final class SelectingCall<ReqT, RespT> extends ClientCall<ReqT, RespT> {
  private final MethodDescriptor<ReqT, RespT> method;
  private final CallOptions options;
  private final CallEnvironment environment;
  private final ConfigGate gate;
  private final Context context = Context.current();

  /** Set before it is started: the listener may use the call while {@code start} runs. */
  private volatile @Nullable ClientCall<ReqT, RespT> delegate;

  // Guarded by this
  /** Until a call below the interceptor is started with it. */
  private @Nullable CallTimeline begun;
  /** A call below the interceptor was made with the times, and will start with them. */
  private boolean begunIsAssigned;

  private @Nullable Status cancelled;
  private boolean starting;
  private boolean forwards;
  /** The call below the interceptor that was started last: it has the listener. */
  private @Nullable ClientCall<?, ?> startedBelow;
  /** This class ends the call: no call below the interceptor may start any more. */
  private boolean failed;

  private boolean ended;

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
    this.method = method;
    this.options = options;
    this.environment = environment;
    this.gate = gate;
    this.begun = begun;
  }

  // ---- Start

  @Override
  public void start(Listener<RespT> listener, Metadata headers) {
    synchronized (this) {
      ClientCallImpl.checkState(!starting, "the call was already started");
      ClientCallImpl.checkState(cancelled == null, "the call was cancelled");
      starting = true;
    }
    InternalConfigSelector selector = gate.selector();
    // Calls below take the context of the thread that makes them, which is this one only now.
    Context previous = context.attach();
    try {
      if (selector == null) {
        // The channel became idle or has another resolver since this call was made.
        startDelegate(
            new PendingCall<>(method, options, environment, gate, takeTimeline()),
            listener,
            headers);
      } else {
        startSelected(selector, new SingleEndListener(listener), headers);
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
    if (failUnlessStartedBelow()) {
      startDelegate(new FailedCall<>(failure, executor(), context), listener, headers);
    } else {
      // The end comes from below: a listener must not be called on two threads.
      cancelQuietly(delegate, failure);
    }
    // An interceptor that has thrown may not pass a cancel on.
    cancelQuietly(startedBelow(), failure);
  }

  /** An interceptor that returned no call cannot have passed the listener on. */
  private synchronized boolean failUnlessStartedBelow() {
    failed = delegate == null || startedBelow == null;
    return failed;
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
    Channel channel = new SelectedChannel(environment.withServiceConfig(config));
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

  private synchronized @Nullable CallTimeline takeTimeline() {
    CallTimeline taken = begun;
    begun = null;
    return taken;
  }

  private Executor executor() {
    Executor own = options.getExecutor();
    return own == null ? environment.executor() : own;
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
      forwards = true;
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
      if (!forwards) {
        if (cancelled == null) {
          cancelled = ClientCallImpl.cancellation(message, cause);
        }
        return;
      }
    }
    started().cancel(message, cause);
  }

  @Override
  public boolean isReady() {
    ClientCall<ReqT, RespT> call = delegate;
    return call != null && call.isReady();
  }

  @Override
  public Attributes getAttributes() {
    ClientCall<ReqT, RespT> call = delegate;
    return call == null ? Attributes.EMPTY : call.getAttributes();
  }

  private ClientCall<ReqT, RespT> started() {
    ClientCall<ReqT, RespT> call = delegate;
    if (call == null) {
      throw new IllegalStateException("the call was not started");
    }
    return call;
  }

  @Override
  public String toString() {
    return "SelectingCall{" + method.getFullMethodName() + "}";
  }

  private synchronized @Nullable ClientCall<?, ?> startedBelow() {
    return startedBelow;
  }

  private synchronized @Nullable CallTimeline assignTimeline() {
    CallTimeline assigned = begunIsAssigned ? null : begun;
    begunIsAssigned = true;
    return assigned;
  }

  /** A call below the interceptor starts, made with these times. */
  @SuppressWarnings("ReferenceEquality") // times have an identity
  private synchronized void startBelow(ClientCall<?, ?> call, @Nullable CallTimeline times) {
    ClientCallImpl.checkState(!failed, "the call has failed in an interceptor");
    startedBelow = call;
    if (begun != null && times != begun) {
      // They were assigned to a call that was not started.
      begun.end();
    }
    begun = null;
  }

  @SuppressWarnings("ReferenceEquality") // a call has an identity
  private synchronized void startFailed(ClientCall<?, ?> call) {
    if (startedBelow == call) {
      startedBelow = null;
    }
  }

  private synchronized boolean endFirst() {
    boolean first = !ended;
    ended = true;
    return first;
  }

  /** Reports an end that comes from no call below. */
  private void reportEnd(Status end) {
    boolean refused;
    CallTimeline times;
    synchronized (this) {
      refused = failed;
      times = takeTimeline();
    }
    if (times != null) {
      environment.reports().report(method, options, end, 0, times);
    } else if (refused) {
      environment.reports().reportRefused(method, options, end);
    }
  }

  /** Passes on the first end: an interceptor may end the call itself, and then throw. */
  private final class SingleEndListener extends SimpleForwardingClientCallListener<RespT> {
    SingleEndListener(Listener<RespT> listener) {
      super(listener);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (endFirst()) {
        reportEnd(status);
        super.onClose(status, trailers);
      }
    }
  }

  /** Makes the calls below the selector's interceptor, with the selected config. */
  private final class SelectedChannel extends Channel {
    private final CallEnvironment selected;

    SelectedChannel(CallEnvironment selected) {
      this.selected = selected;
    }

    @Override
    public <A, B> ClientCall<A, B> newCall(MethodDescriptor<A, B> called, CallOptions with) {
      CallTimeline times = assignTimeline();
      ClientCall<A, B> call = new ClientCallImpl<>(called, with, selected, times);
      return new SimpleForwardingClientCall<>(call) {
        @Override
        public void start(Listener<B> listener, Metadata headers) {
          startBelow(call, times);
          try {
            super.start(listener, headers);
          } catch (Throwable t) {
            startFailed(call);
            throw t;
          }
        }
      };
    }

    @Override
    public String authority() {
      return selected.authority();
    }
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
