// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.transport.ClientStream;
import io.grpc.Attributes;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Opens, retries, cancels and ends one started call. Owns its parts: the plan, the request, the
 * state, the executor of the listener, and the attempts, of which one at a time is current.
 *
 * <p>Any thread may enter: {@link CallState} decides between threads that want to end the call, and
 * the thread that it chooses notifies the listener, releases the request and counts the end.
 */
@CrossesThreads
final class ActiveCall extends RetriedCall
    implements Context.CancellationListener, UnsentCalls.Unopened, HedgedAttempts.Call {
  private final CallListenerExecutor<?> listenerExecutor;
  /** Of a call with a hedging policy. Stays after the commit, to describe the end. */
  private @Nullable HedgedAttempts hedges;

  <RespT> ActiveCall(
      CallPlan plan,
      MethodDescriptor<?, RespT> method,
      CallRequest request,
      ClientCall.Listener<RespT> listener,
      @Nullable CallTimeline begun) {
    super(plan, request);
    this.listenerExecutor =
        new CallListenerExecutor<>(this, listener, new MessageDecoder<>(method, plan), begun);
  }

  // ---- Opening

  /** Registers the call until {@link #open}, for its deadline and for the channel's end. */
  void awaitHalfClose() {
    UnsentCalls unsent = plan.environment().unsent();
    unsent.addCall(this);
    if (state.isOver()) {
      // It may have ended before it was added, when there was nothing to remove.
      unsent.removeCall(this);
    }
  }

  void open() {
    if (plan.clientSendsOneMessage()) {
      listenerExecutor.opened();
    }
    retries = CallRetries.of(plan);
    if (plan.maxHedgedAttempts() > 1
        && request.countForHedges(plan.environment().retryBuffer())) {
      openHedged();
      return;
    }
    CallAttempt first = new CallAttempt(this, plan, false);
    Status problem = first.createTracers();
    boolean opened = state.open(first);
    if (opened && plan.clientSendsOneMessage()) {
      plan.environment().unsent().removeCall(this);
    }
    if (opened) {
      first.begin(problem);
    } else {
      first.tracers().streamClosed(Status.CANCELLED);
    }
  }

  private void openHedged() {
    HedgedAttempts attempts = new HedgedAttempts(this, createTimeline());
    hedges = attempts;
    if (state.open(attempts)) {
      plan.environment().unsent().removeCall(this);
      attempts.begin();
    }
  }

  /** Ends the call before it asks for a transport. */
  void refuse(Status status) {
    if (state.cancel(status) == null) {
      closeWithoutStream(CallTracers.NONE, status);
    }
  }

  @Override
  public ClientStream.Listener listener(CallTracers tracers) {
    return new AttemptListener(this, tracers);
  }

  /** The hedged call goes on with one attempt, as if no other had been. */
  @Override
  public boolean commitTo(HedgedAttempts attempts, CallAttempt winner, ClientStream stream) {
    attached = winner;
    return state.replaceOpening(attempts, stream);
  }

  @Override
  public void useTimeline(CallTimeline ofAttempt) {
    listenerExecutor.useTimeline(ofAttempt);
  }

  // ---- Cancelling

  /** After the call has opened: a context that is already cancelled notifies at once. */
  @SuppressWarnings("FutureReturnValueIgnored")
  void watchContext() {
    plan.context().addListener(this, Runnable::run);
    if (listenerExecutor.isClosed()) {
      unwatchContext();
    }
  }

  void unwatchContext() {
    plan.context().removeListener(this);
  }

  @Override
  public void cancelled(Context context) {
    cancel(CallDeadline.statusOfCancelled(context, plan.callDeadline(), "the call to complete"));
  }

  @Override
  public @Nullable CallDeadline deadline() {
    return plan.callDeadline();
  }

  /** Between start and half-close. */
  @Override
  public void tickPassed() {
    // Rarely: most calls open at once. So the time until the half-close is known if it is long.
    if (!listenerExecutor.isTimed()) {
      listenerExecutor.createTimeline(plan.environment().nanoTime().getAsLong(), false);
    }
  }

  @Override
  public void deadlinePassed() {
    CallDeadline deadline = plan.callDeadline();
    if (deadline != null) {
      cancel(deadline.exceeded("the application to send its message and half-close"));
    }
  }

  /** Ends the call from this side, in any state. Any thread, any number of times. */
  @Override
  public void cancel(Status reason) {
    if (!state.isOver() && hedges != null) {
      // Its stream then ends the call, with the times that only the event loop knows.
      hedges.commitToOldest(reason);
    }
    Object before = state.cancel(reason);
    if (before instanceof ClientStream || before == CallState.ENDED) {
      // What the caller requests from now on must not reach a task that delivers at this moment.
      listenerExecutor.stopDemand();
    }
    if (before instanceof ClientStream stream) {
      stream.cancel(reason);
    } else if (before == CallState.ENDED) {
      // The stream has ended, but the application may not have taken all of its messages.
      if (!listenerExecutor.isClosed()) {
        Status end = withTimes(reason);
        listenerExecutor.execute(new PendingEvents(CallTracers.NONE).closeNow(end));
      }
    } else if (before instanceof CallState.Opening opening) {
      opening.abandon(reason);
      closeWithoutStream(opening.tracers(), reason);
    } else if (before == null) {
      plan.environment().unsent().removeCall(this);
      if (!listenerExecutor.isTimed() && plan.callDeadline() != null) {
        listenerExecutor.createTimeline(plan.environment().nanoTime().getAsLong(), false);
      }
      closeWithoutStream(CallTracers.NONE, reason);
    }
  }

  // ---- Ending

  @Override
  public void fail(CallState.Opening opening, Status status) {
    if (state.endOpening(opening)) {
      opening.abandon(status);
      closeWithoutStream(opening.tracers(), status);
    }
  }

  private void closeWithoutStream(CallTracers last, Status status) {
    Status refined = CallDeadline.refineLocal(status, plan.callDeadline());
    last.streamClosed(refined);
    Status timed = withTimes(refined);
    // Who cancels a call has not asked how its attempts ended.
    Status end = timed.getCode() == Status.Code.CANCELLED ? timed : describe(timed);
    CallTimeline known = listenerExecutor.timelineIfTimed();
    if (known != null) {
      // After the split was read: it names what the call waited for.
      known.queueEnd();
    }
    // Not through queue(): only the event loop of the call's stream may take events back.
    listenerExecutor.execute(new PendingEvents(last).closeNow(end));
    ended();
  }

  /** Adds to a status of this side where the time of the call went, as far as that is known. */
  Status withTimes(Status end) {
    return WaitText.addTo(end, listenerExecutor.timelineIfTimed(), attempts());
  }

  /** How many attempts have begun; transparent retries count. */
  int attempts() {
    if (state.hasEndedUnopened()) {
      return 0;
    }
    if (hedges != null) {
      return hedges.begun();
    }
    return retries == null ? 1 : retries.begun();
  }

  /** Adds to the status that ends the call how its attempts ended, if there were several. */
  Status describe(Status end) {
    if (hedges != null) {
      return hedges.describe(end);
    }
    return retries == null ? end : retries.describe(end);
  }

  /** The call's end has been queued for the listener. Called once. */
  void ended() {
    request.release();
    // Last: when no call is left, the channel may shut its executor down.
    plan.environment().lifecycle().callEnded();
  }

  // ---- The application's and its listener's view of the stream

  /** Takes over the caller's reference to the message. One thread at a time. */
  void write(FramedMessage message) {
    request.write(message);
    if (hedges != null) {
      hedges.commitIfOverLimit();
    }
  }

  /** Adds to the demand for messages. Any thread. */
  void requestMessages(int messages) {
    listenerExecutor.addDemand(messages);
    CallAttempt current = attached;
    if (current != null) {
      current.stream().onDemand();
    }
  }

  /** The listener has taken these bytes of the response. On the call's executor. */
  void consumed(int bytes) {
    CallAttempt current = attached;
    if (current != null) {
      current.stream().consumed(bytes);
    }
  }

  boolean isReady() {
    CallAttempt current = attached;
    return current == null
        ? hedges != null && hedges.isReady()
        : current.stream().isReady();
  }

  @Override
  public boolean hasDemand() {
    return listenerExecutor.hasDemand();
  }

  @Override
  public void notifyReady() {
    listenerExecutor.notifyReady();
  }

  Attributes attributes() {
    CallAttempt current = attached;
    return current == null ? Attributes.EMPTY : current.transportAttributes();
  }

  // ---- Parts

  @Override
  public CallRequest request() {
    return request;
  }

  CallListenerExecutor<?> listenerExecutor() {
    return listenerExecutor;
  }

  @Override
  public @Nullable CallTimeline timeline() {
    return listenerExecutor.timeline();
  }

  @Override
  public CallTimeline createTimeline(long since) {
    return listenerExecutor.createTimeline(since, true);
  }
}
