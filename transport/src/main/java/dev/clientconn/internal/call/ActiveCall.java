// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.transport.ClientStream;
import dev.clientconn.internal.transport.StreamProgress;
import io.grpc.Attributes;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Opens, retries, cancels and ends one started call. Owns its parts: the plan, the request, the
 * state, the executor of the listener, and the attempts, of which one at a time is current.
 *
 * <p>Any thread may enter: {@link CallState} decides between threads that want to end the call, and
 * the thread that it chooses notifies the listener, releases the request and counts the end.
 */
@CrossesThreads
final class ActiveCall
    implements Context.CancellationListener,
        UnsentCalls.Entry,
        CallAttempt.Owner,
        HedgedAttempts.Call {
  private final CallPlan plan;
  private final CallRequest request;
  private final CallListenerExecutor<?> listenerExecutor;
  private final CallState state = new CallState();
  /**
   * The attempt that has a stream, set just before the stream starts. It stays after the call's
   * end, for the attributes; not part of {@link #state}, for a thread that reads it changes
   * nothing.
   */
  private volatile @Nullable CallAttempt attached;
  /**
   * Created at the start where the service config has a retry policy or a throttle, and otherwise
   * when an attempt fails in a way that allows a retry, so that other calls need none.
   */
  private @Nullable CallRetries retries;
  /** Of a call with a hedging policy. Stays after the commit, to describe the end. */
  private @Nullable HedgedAttempts hedges;

  <RespT> ActiveCall(
      CallPlan plan,
      MethodDescriptor<?, RespT> method,
      CallRequest request,
      ClientCall.Listener<RespT> listener) {
    this.plan = plan;
    this.request = request;
    this.listenerExecutor =
        new CallListenerExecutor<>(this, listener, new MessageDecoder<>(method, plan));
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
    HedgedAttempts attempts = new HedgedAttempts(this);
    hedges = attempts;
    if (state.open(attempts)) {
      plan.environment().unsent().removeCall(this);
      attempts.begin();
    }
  }

  /** Ends the call before it asks for a transport. */
  void refuse(Status status) {
    CallAttempt none = new CallAttempt(this, plan, false);
    if (state.open(none)) {
      fail(none, status);
    }
  }

  @Override
  public boolean startStream(CallAttempt attempt, ClientStream stream) {
    // Before the start: the stream's first event may make the listener ask whether it is ready.
    attached = attempt;
    return request.attachStream(stream, plan.environment().retryBuffer())
        && state.streamStarted(attempt, stream);
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
  public void deadlinePassed() {
    CallDeadline deadline = plan.callDeadline();
    if (deadline != null) {
      cancel(deadline.exceeded("the application to send its message and half-close"));
    }
  }

  /** Ends the call from this side, in any state. Any thread, any number of times. */
  @Override
  public void cancel(Status reason) {
    Object before = state.cancel(reason);
    if (before instanceof ClientStream stream) {
      stream.cancel(reason);
    } else if (before == CallState.ENDED) {
      // The stream has ended, but the application may not have taken all of its messages.
      if (!listenerExecutor.isClosed()) {
        listenerExecutor.execute(new PendingEvents(CallTracers.NONE).closeNow(reason));
      }
    } else if (before instanceof CallState.Opening opening) {
      opening.abandon(reason);
      closeWithoutStream(opening.tracers(), reason);
    } else if (before == null) {
      plan.environment().unsent().removeCall(this);
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
    // Who cancels a call has not asked how its attempts ended.
    Status end = refined.getCode() == Status.Code.CANCELLED ? refined : describe(refined);
    // Not through queue(): only the event loop of the call's stream may take events back.
    listenerExecutor.execute(new PendingEvents(last).closeNow(end));
    ended();
  }

  /** Adds to the status that ends the call how its attempts ended, if there were several. */
  Status describe(Status end) {
    if (hedges != null) {
      return hedges.describe(end);
    }
    return retries == null ? end : retries.describe(end);
  }

  // ---- Retrying

  /** The retry policy may allow another attempt. */
  @Override
  public void attemptFailed(CallAttempt opening, Status status) {
    CallRetries known = retries;
    boolean mayRetry = known != null && state.isOpening(opening) && !hasChannelEnded();
    long delay = known == null || !mayRetry || !request.detachStream()
        ? CallRetries.STOP
        : known.afterFailedPick(status);
    if (delay == CallRetries.STOP) {
      fail(opening, status);
      return;
    }
    RetryBackoff backoff = newBackoff();
    if (state.replaceOpening(opening, backoff)) {
      opening.abandon(status);
      opening.tracers().streamClosed(status);
      backoff.begin(delay);
    }
  }

  /**
   * Replaces an attempt whose stream has failed. Returns false, and the call ends, if it must not
   * be sent again. On the event loop of the failed stream.
   */
  boolean retry(CallTracers failed, Status status, StreamProgress progress, Metadata trailers) {
    CallRetries known = retries;
    if (progress == StreamProgress.PROCESSED && known == null) {
      return false;
    }
    if (known == null) {
      known = CallRetries.transparentOnly(plan);
      retries = known;
    }
    if (status.isOk()) {
      known.succeeded();
      return false;
    }
    boolean processed = progress == StreamProgress.PROCESSED;
    if (state.isOver() || (processed && hasChannelEnded())) {
      return false;
    }
    if (!request.detachStream()) {
      known.requestReleased();
      return false;
    }
    long delay = known.afterStream(status, progress, trailers);
    if (delay == CallRetries.STOP) {
      return false;
    }
    if (processed) {
      failed.inboundTrailers(trailers);
    }
    failed.streamClosed(status);
    attached = null;
    return delay == CallRetries.TRANSPARENT ? retryNow(known) : retryAfter(delay);
  }

  /** The server cannot have processed the call (gRFC A6, transparent retries). */
  private boolean retryNow(CallRetries known) {
    CallAttempt next = nextAttempt(known, true);
    Status problem = next.createTracers();
    if (!state.reopen(next)) {
      next.tracers().streamClosed(Status.CANCELLED);
      return false;
    }
    next.begin(problem);
    return true;
  }

  private boolean retryAfter(long delay) {
    RetryBackoff backoff = newBackoff();
    boolean waits = state.reopen(backoff);
    if (waits) {
      backoff.begin(delay);
    }
    return waits;
  }

  private RetryBackoff newBackoff() {
    return new RetryBackoff(plan, state, this::endBackoff, this::fail);
  }

  private boolean hasChannelEnded() {
    return plan.environment().unsent().hasEnded();
  }

  private void endBackoff(RetryBackoff backoff) {
    CallRetries known = Objects.requireNonNull(retries);
    known.nextAttempt();
    CallAttempt next = nextAttempt(known, false);
    Status problem = next.createTracers();
    if (state.replaceOpening(backoff, next)) {
      next.begin(problem);
    } else {
      next.tracers().streamClosed(Status.CANCELLED);
    }
  }

  private CallAttempt nextAttempt(CallRetries known, boolean transparentRetry) {
    int previous = known.previousAttempts();
    return new CallAttempt(this, previous == 0 ? plan : plan.forRetry(previous), transparentRetry);
  }

  /** The server responds, which rules out another attempt (gRFC A6). On the event loop. */
  void onHeaders(Metadata headers) {
    request.commit();
    if (retries != null) {
      retries.onHeaders(headers);
    }
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
  public CallPlan plan() {
    return plan;
  }

  @Override
  public CallRequest request() {
    return request;
  }

  CallListenerExecutor<?> listenerExecutor() {
    return listenerExecutor;
  }

  @Override
  public CallState state() {
    return state;
  }
}
