// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.serviceconfig.ServiceConfig;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientCall.Listener;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Makes the calls below the interceptor of a config selector, and decides who ends the call above
 * it: the call below that was started, the interceptor itself, or, where neither has, {@link
 * SelectingCall} because the interceptor failed.
 *
 * <p>Any thread: an interceptor may start its call later, on a thread of its own.
 */
@CrossesThreads
final class SelectedCalls {
  /** Who may end the call. */
  private enum State {
    /** Either call: none below was started, and nothing has failed. */
    UNSTARTED,
    /** The call below that was started last: it has the listener. */
    STARTED,
    /** The call above, which has failed: no call below may start any more. */
    FAILED
  }

  private final MethodDescriptor<?, ?> method;
  private final CallOptions options;
  private final CallEnvironment environment;

  // Guarded by this

  private State state = State.UNSTARTED;
  /** In state {@code STARTED}. */
  private @Nullable ClientCall<?, ?> started;

  /** Until a call below is started with it. */
  private @Nullable CallTimeline begun;
  /** A call below was made with the times, and will start with them. */
  private boolean begunIsAssigned;
  /** The listener has its end: an interceptor may end the call itself, and then throw. */
  private boolean ended;

  /**
   * @param begun the times of a call that has waited before
   */
  SelectedCalls(
      MethodDescriptor<?, ?> method,
      CallOptions options,
      CallEnvironment environment,
      @Nullable CallTimeline begun) {
    this.method = method;
    this.options = options;
    this.environment = environment;
    this.begun = begun;
  }

  /** Returns what the interceptor gets: a channel whose calls have the selected config. */
  Channel channel(ServiceConfig config) {
    return new SelectedChannel(environment.withServiceConfig(config));
  }

  /** Wraps the listener so that it gets the first end only. */
  <T> Listener<T> endingOnce(Listener<T> listener) {
    return new SimpleForwardingClientCallListener<>(listener) {
      @Override
      public void onClose(Status status, Metadata trailers) {
        if (endFirst()) {
          reportEnd(status);
          super.onClose(status, trailers);
        }
      }
    };
  }

  synchronized @Nullable CallTimeline takeTimeline() {
    CallTimeline taken = begun;
    begun = null;
    return taken;
  }

  /**
   * Lets no call below start any more, unless one has been started. Returns whether the caller is
   * to end the call.
   *
   * @param hasDelegate whether the interceptor returned a call; if not, a call that it started has
   *     not got the listener
   */
  synchronized boolean failUnlessStarted(boolean hasDelegate) {
    if (!hasDelegate || state == State.UNSTARTED) {
      state = State.FAILED;
    }
    return state == State.FAILED;
  }

  /** Returns the call below that was started last, if there is one. */
  synchronized @Nullable ClientCall<?, ?> started() {
    return started;
  }

  private synchronized @Nullable CallTimeline assignTimeline() {
    CallTimeline assigned = begunIsAssigned ? null : begun;
    begunIsAssigned = true;
    return assigned;
  }

  @SuppressWarnings("ReferenceEquality") // times have an identity
  private synchronized void starts(ClientCall<?, ?> call, @Nullable CallTimeline times) {
    ClientCallImpl.checkState(state != State.FAILED, "the call has failed in an interceptor");
    state = State.STARTED;
    started = call;
    if (begun != null && times != begun) {
      // They were assigned to a call that was not started.
      begun.end();
    }
    begun = null;
  }

  /** The start of a call threw: the call has no listener. */
  @SuppressWarnings("ReferenceEquality") // a call has an identity
  private synchronized void startFailed(ClientCall<?, ?> call) {
    if (started == call) {
      started = null;
      if (state == State.STARTED) {
        state = State.UNSTARTED;
      }
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
      refused = state == State.FAILED;
      times = takeTimeline();
    }
    if (times != null) {
      environment.reports().report(method, options, end, 0, times);
    } else if (refused) {
      environment.reports().reportRefused(method, options, end);
    }
  }

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
          starts(call, times);
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
}
