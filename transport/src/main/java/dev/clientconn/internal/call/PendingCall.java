// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.transport.WaitCause;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Records the method calls on a call that was made before the service config was known. When {@link
 * ConfigGate} releases it, it replays them on a {@link ClientCallImpl}, on the call's executor, and
 * then forwards. While it waits, its deadline, its context, a cancel and the end of the channel end
 * it: the steps are then replayed on a {@link FailedCall}.
 *
 * <p>One lock guards the recorded steps; no foreign code runs under it.
 */
@CrossesThreads
public final class PendingCall<ReqT, RespT> extends GatedCall<ReqT, RespT>
    implements Context.CancellationListener {
  private final ConfigGate gate;
  private List<Consumer<ClientCall<ReqT, RespT>>> steps = new ArrayList<>();
  private @Nullable CallDeadline deadline;
  private boolean started;
  private boolean halfClosed;
  private boolean cancelled;
  private long startedAt;
  private @Nullable CallTimeline timeline;
  private volatile boolean settled;
  private volatile @Nullable Future<?> timer;

  public PendingCall(
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
  PendingCall(
      MethodDescriptor<ReqT, RespT> method,
      CallOptions options,
      CallEnvironment environment,
      ConfigGate gate,
      @Nullable CallTimeline begun) {
    super(method, options, environment);
    this.gate = gate;
    this.timeline = begun;
  }

  // ---- The caller's methods

  @Override
  public void start(Listener<RespT> listener, Metadata headers) {
    synchronized (this) {
      ClientCallImpl.checkState(!started, "the call was already started");
      ClientCallImpl.checkState(!cancelled, "the call was cancelled");
      started = true;
      // Recorded first, so that it is replayed first, even to end the call.
      steps.add(call -> call.start(listener, headers));
      // Before a cancel on another thread can count the end.
      environment.lifecycle().callStarted();
    }
    startedAt = environment.nanoTime().getAsLong();
    if (timeline == null) {
      timeline = environment.newTimeline(WaitCause.NAME_RESOLUTION);
    } else {
      changeWait(WaitCause.NAME_RESOLUTION);
    }
    deadline = CallDeadline.of(options, context);
    if (deadline != null && deadline.expiredBeforeStart()) {
      end(deadline.startedAfterExpiry());
      return;
    }
    watch();
    // The gate may have opened since the channel chose this class.
    if (!gate.enter(this)) {
      settle(null);
    }
    if (settled) {
      // It may have ended before it entered the gate or was watched.
      stopWaiting();
    }
  }

  @Override
  public void request(int messages) {
    ClientCall<ReqT, RespT> call = delegate;
    if (call != null) {
      call.request(messages);
      return;
    }
    if (messages < 0) {
      throw new IllegalArgumentException("asked for " + messages + " messages");
    }
    synchronized (this) {
      checkStarted();
    }
    recordStep(real -> real.request(messages));
  }

  @Override
  public void sendMessage(ReqT message) {
    ClientCall<ReqT, RespT> call = delegate;
    if (call != null) {
      call.sendMessage(message);
      return;
    }
    checkWritable(false);
    recordStep(real -> real.sendMessage(message));
  }

  @Override
  public void halfClose() {
    ClientCall<ReqT, RespT> call = delegate;
    if (call != null) {
      call.halfClose();
      return;
    }
    checkWritable(true);
    recordStep(ClientCall::halfClose);
  }

  @Override
  public void setMessageCompression(boolean enabled) {
    ClientCall<ReqT, RespT> call = delegate;
    if (call != null) {
      call.setMessageCompression(enabled);
      return;
    }
    synchronized (this) {
      checkStarted();
    }
    recordStep(real -> real.setMessageCompression(enabled));
  }

  @Override
  public void cancel(@Nullable String message, @Nullable Throwable cause) {
    synchronized (this) {
      if (cancelled) {
        return;
      }
      cancelled = true;
      if (!started) {
        return;
      }
    }
    // Where the real call has begun, the cancel follows the steps that were recorded before it.
    if (!end(ClientCallImpl.cancellation(message, cause))) {
      recordStep(real -> real.cancel(message, cause));
    }
  }

  private void checkStarted() {
    ClientCallImpl.checkState(started, "the call was not started");
  }

  private synchronized void checkWritable(boolean closing) {
    checkStarted();
    ClientCallImpl.checkState(!cancelled, "the call was cancelled");
    ClientCallImpl.checkState(!halfClosed, "the call was half-closed");
    halfClosed = closing;
  }

  private void recordStep(Consumer<ClientCall<ReqT, RespT>> step) {
    ClientCall<ReqT, RespT> call;
    synchronized (this) {
      // Again under the lock: the last steps may have been replayed since the caller looked.
      call = delegate;
      if (call == null) {
        steps.add(step);
        return;
      }
    }
    step.accept(call);
  }

  // ---- The wait and its end

  private void watch() {
    // A context that is cancelled already notifies at once, and ends the call before it waits.
    context.addListener(this, Runnable::run);
    if (deadline != null) {
      try {
        timer = deadline.schedule(environment.timers(), this::deadlinePassed);
      } catch (RejectedExecutionException e) {
        end(Status.UNAVAILABLE.withDescription("The channel is shut down").withCause(e));
      }
    }
  }

  private void stopWaiting() {
    gate.leave(this);
    context.removeListener(this);
    Future<?> watch = timer;
    if (watch != null) {
      watch.cancel(false);
    }
  }

  private void deadlinePassed() {
    if (deadline != null) {
      end(deadline.exceeded(waitsFor()));
    }
  }

  private String waitsFor() {
    return "name resolution of " + environment.authority();
  }

  @Override
  public void cancelled(Context of) {
    end(CallDeadline.statusOfCancelled(of, deadline, waitsFor()));
  }

  WaitingCall describeWait() {
    return new WaitingCall(
        this,
        method.getFullMethodName(),
        OptionalLong.of(environment.nanoTime().getAsLong() - startedAt),
        WaitCause.NAME_RESOLUTION);
  }

  /** Begins the real call: the config is known. Called by the gate, again if it closed again. */
  void release() {
    changeWait(WaitCause.APPLICATION);
    try {
      // Not on the resolver's thread: replaying marshals messages, which is the application's code.
      executor().execute(this::begin);
    } catch (Throwable t) {
      // Its executor rejects work: the real call ends because of that, and must begin to do so.
      settle(null);
    }
  }

  private void begin() {
    // The gate may have closed before the executor ran: the config is another resolver's.
    if (!gate.enter(this)) {
      settle(null);
      return;
    }
    changeWait(WaitCause.NAME_RESOLUTION);
    if (settled) {
      // It may have ended before it entered the gate.
      stopWaiting();
    }
  }

  private void changeWait(WaitCause cause) {
    CallTimeline known = timeline;
    if (known != null) {
      known.changeTo(cause);
    }
  }

  /** Ends the call if it has not begun. Returns whether it ended it. */
  boolean end(Status status) {
    return settle(status);
  }

  /**
   * Ends the wait, with a real call or with a failed one. Returns false if it had ended before: the
   * gate, a cancel, the deadline and the channel's end may come together, and one of them wins.
   */
  private boolean settle(@Nullable Status failure) {
    synchronized (this) {
      if (settled) {
        return false;
      }
      settled = true;
    }
    stopWaiting();
    HeldExecutor executor = new HeldExecutor(executor());
    Context previous = context.attach();
    try {
      replaySteps(failure == null ? realCall(executor) : failedCall(failure, executor));
    } finally {
      // After the steps: onReady comes once, and the listener must then find the call ready.
      executor.open();
      context.detach(previous);
      // After the real call counts itself.
      environment.lifecycle().callEnded();
    }
    return true;
  }

  private ClientCall<ReqT, RespT> failedCall(Status failure, Executor executor) {
    Status timed = WaitText.addTo(failure, timeline, 0);
    CallTimeline known = timeline;
    if (known != null) {
      known.queueEnd();
    }
    return new FailedCall<>(timed, executor, context, this::endTimes);
  }

  /** Just before the listener is notified. */
  private void endTimes(Status end) {
    CallTimeline known = timeline;
    if (known != null) {
      environment.reports().report(method, options, end, 0, known);
    }
  }

  private ClientCall<ReqT, RespT> realCall(Executor executor) {
    CallOptions delayed = options
        .withExecutor(executor)
        .withOption(
            ClientStreamTracer.NAME_RESOLUTION_DELAYED,
            environment.nanoTime().getAsLong() - startedAt);
    return gate.selector() == null
        ? new ClientCallImpl<>(method, delayed, environment, timeline)
        : new SelectingCall<>(method, delayed, environment, gate, timeline);
  }

  private void replaySteps(ClientCall<ReqT, RespT> call) {
    for (List<Consumer<ClientCall<ReqT, RespT>>> due = takeSteps(call);
        !due.isEmpty();
        due = takeSteps(call)) {
      for (Consumer<ClientCall<ReqT, RespT>> step : due) {
        replayStep(call, step);
      }
    }
  }

  private static <A, B> void replayStep(ClientCall<A, B> call, Consumer<ClientCall<A, B>> step) {
    try {
      step.accept(call);
    } catch (Throwable t) {
      // A marshaller's Error, for which the call is cancelled already. The other steps must still
      // reach the call.
      call.cancel("The call failed in a step that had waited for name resolution", t);
    }
  }

  /**
   * Takes the recorded steps. When there are none left, makes all methods forward from now on: in
   * the same locked section, so that no step is recorded in between.
   */
  private synchronized List<Consumer<ClientCall<ReqT, RespT>>> takeSteps(
      ClientCall<ReqT, RespT> call) {
    List<Consumer<ClientCall<ReqT, RespT>>> due = steps;
    steps = due.isEmpty() ? List.of() : new ArrayList<>();
    if (due.isEmpty()) {
      delegate = call;
    }
    return due;
  }
}
