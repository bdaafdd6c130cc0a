// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A call that was made before the service config was known. Keeps what it is asked to do until {@link ConfigGate}
 * releases it, then does all of it with a {@link ClientCallImpl}, on the call's executor, and forwards what follows. Its
 * deadline, its context, a cancel and the end of the channel end it as long as it waits: a {@link FailedCall} then
 * stands in the place of the real one.
 *
 * <p>One lock guards the steps that are kept; nothing foreign runs under it.
 */
@CrossesThreads
public final class PendingCall<ReqT, RespT> extends ClientCall<ReqT, RespT>
    implements Context.CancellationListener {
  private final MethodDescriptor<ReqT, RespT> method;
  private final CallOptions options;
  private final CallEnvironment environment;
  private final ConfigGate gate;
  private final Context context = Context.current();

  private List<Consumer<ClientCall<ReqT, RespT>>> steps = new ArrayList<>();
  private @Nullable CallDeadline deadline;
  private boolean started;
  private boolean halfClosed;
  private boolean cancelled;
  private long startedAt;
  private volatile boolean settled;
  private volatile @Nullable Future<?> timer;
  /** Where everything goes once all steps are done. */
  private volatile @Nullable ClientCall<ReqT, RespT> direct;

  public PendingCall(
      MethodDescriptor<ReqT, RespT> method,
      CallOptions options,
      CallEnvironment environment,
      ConfigGate gate) {
    this.method = method;
    this.options = options;
    this.environment = environment;
    this.gate = gate;
  }

  // ---- The caller's methods

  @Override
  public void start(Listener<RespT> listener, Metadata headers) {
    synchronized (this) {
      ClientCallImpl.checkState(!started, "the call was already started");
      ClientCallImpl.checkState(!cancelled, "the call was cancelled");
      started = true;
      steps.add(call -> call.start(listener, headers));
      // Before a cancel on another thread can count the end.
      environment.lifecycle().callStarted();
    }
    startedAt = System.nanoTime();
    deadline = CallDeadline.of(options, context);
    if (deadline != null && deadline.hadPassedAtStart()) {
      end(deadline.startedTooLate());
      return;
    }
    watch();
    if (!gate.enter(this)) {
      settle(null);
    }
    if (settled) {
      // It may have ended before it had entered or was watched.
      leave();
    }
  }

  @Override
  public void request(int messages) {
    ClientCall<ReqT, RespT> call = direct;
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
    later(real -> real.request(messages));
  }

  @Override
  public void sendMessage(ReqT message) {
    ClientCall<ReqT, RespT> call = direct;
    if (call != null) {
      call.sendMessage(message);
      return;
    }
    checkWritable(false);
    later(real -> real.sendMessage(message));
  }

  @Override
  public void halfClose() {
    ClientCall<ReqT, RespT> call = direct;
    if (call != null) {
      call.halfClose();
      return;
    }
    checkWritable(true);
    later(ClientCall::halfClose);
  }

  @Override
  public void setMessageCompression(boolean enabled) {
    ClientCall<ReqT, RespT> call = direct;
    if (call != null) {
      call.setMessageCompression(enabled);
      return;
    }
    synchronized (this) {
      checkStarted();
    }
    later(real -> real.setMessageCompression(enabled));
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
    if (!end(ClientCallImpl.cancellation(message, cause))) {
      later(real -> real.cancel(message, cause));
    }
  }

  /** False while the call waits: {@code onReady} follows. */
  @Override
  public boolean isReady() {
    ClientCall<ReqT, RespT> call = direct;
    return call != null && call.isReady();
  }

  @Override
  public Attributes getAttributes() {
    ClientCall<ReqT, RespT> call = direct;
    return call == null ? Attributes.EMPTY : call.getAttributes();
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

  private void later(Consumer<ClientCall<ReqT, RespT>> step) {
    ClientCall<ReqT, RespT> call;
    synchronized (this) {
      call = direct;
      if (call == null) {
        steps.add(step);
        return;
      }
    }
    step.accept(call);
  }

  // ---- The wait and its end

  private void watch() {
    context.addListener(this, Runnable::run);
    if (deadline != null) {
      try {
        timer = deadline.schedule(environment.timers(), this::deadlinePassed);
      } catch (RejectedExecutionException e) {
        end(Status.UNAVAILABLE.withDescription("The channel is shut down").withCause(e));
      }
    }
  }

  private void leave() {
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

  /** The config is known. Called once, by the gate. */
  void release() {
    Executor own = options.getExecutor();
    Executor executor = own == null ? environment.executor() : own;
    try {
      executor.execute(() -> settle(null));
    } catch (Throwable t) {
      // Its executor refuses work: the real call ends with that, and must begin for it.
      settle(null);
    }
  }

  /** Ends the call if it has not begun. Returns whether it had not. */
  boolean end(Status status) {
    return settle(status);
  }

  private boolean settle(@Nullable Status failure) {
    synchronized (this) {
      if (settled) {
        return false;
      }
      settled = true;
    }
    leave();
    Executor own = options.getExecutor();
    HeldExecutor executor = new HeldExecutor(own == null ? environment.executor() : own);
    Context previous = context.attach();
    try {
      doSteps(failure == null ? realCall(executor) : new FailedCall<>(failure, executor, context));
    } finally {
      // Behind the steps: onReady comes once, and the listener must then find the call ready.
      executor.open();
      context.detach(previous);
      // After the real call counts itself.
      environment.lifecycle().callEnded();
    }
    return true;
  }

  private ClientCall<ReqT, RespT> realCall(Executor executor) {
    CallOptions delayed = options
        .withExecutor(executor)
        .withOption(ClientStreamTracer.NAME_RESOLUTION_DELAYED, System.nanoTime() - startedAt);
    return new ClientCallImpl<>(method, delayed, environment);
  }

  private void doSteps(ClientCall<ReqT, RespT> call) {
    for (List<Consumer<ClientCall<ReqT, RespT>>> due = takeSteps(call);
        !due.isEmpty();
        due = takeSteps(call)) {
      for (Consumer<ClientCall<ReqT, RespT>> step : due) {
        doStep(call, step);
      }
    }
  }

  private static <A, B> void doStep(ClientCall<A, B> call, Consumer<ClientCall<A, B>> step) {
    try {
      step.accept(call);
    } catch (Throwable t) {
      // A marshaller's Error, after which the call is cancelled already: it must not keep the
      // other steps from the call.
      call.cancel("The call failed in a step that had waited for name resolution", t);
    }
  }

  /** Returns no step, and lets all that follow go straight to the call, when there is none left. */
  private synchronized List<Consumer<ClientCall<ReqT, RespT>>> takeSteps(
      ClientCall<ReqT, RespT> call) {
    List<Consumer<ClientCall<ReqT, RespT>>> due = steps;
    steps = due.isEmpty() ? List.of() : new ArrayList<>();
    if (due.isEmpty()) {
      direct = call;
    }
    return due;
  }

  @Override
  public String toString() {
    return "PendingCall{" + method.getFullMethodName() + "}";
  }
}
