// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.transport.ClientStream;
import dev.clientconn.internal.transport.StreamProgress;
import io.grpc.Attributes;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Opens, retries, cancels and ends one started call by means of its parts: plan, request, attempts
 * and delivery. Safe for use by several threads because {@link CallState} is; its only state of its
 * own is passed from one attempt to the next.
 */
final class ActiveCall implements Context.CancellationListener, UnsentCalls.Entry {
  private final CallPlan plan;
  private final CallRequest request;
  private final CallListenerExecutor<?> delivery;
  private final CallState latch = new CallState();
  /** Made when the first attempt fails in a way that allows a retry; used as {@link TransparentRetry} says. */
  private @Nullable TransparentRetry retry;

  <RespT> ActiveCall(
      CallPlan plan,
      MethodDescriptor<?, RespT> method,
      CallRequest request,
      ClientCall.Listener<RespT> listener) {
    this.plan = plan;
    this.request = request;
    this.delivery = new CallListenerExecutor<>(this, listener, new MessageDecoder<>(method, plan));
  }

  /** Keeps the call where its deadline and the channel's end find it, until {@link #open} or its end. */
  void awaitHalfClose() {
    UnsentCalls unsent = plan.environment().unsent();
    unsent.add(this);
    if (latch.isOver()) {
      // Ended before it was there to be removed.
      unsent.remove(this);
    }
  }

  void open() {
    CallAttempt first = new CallAttempt(this, false);
    Status problem = first.prepare();
    boolean opened = latch.open(first);
    if (opened && plan.clientSendsOneMessage()) {
      plan.environment().unsent().remove(this);
    }
    if (!opened) {
      first.tracers().streamClosed(Status.CANCELLED);
    } else if (problem != null) {
      fail(first, problem);
    } else {
      first.begin();
    }
  }

  /** Ends the call before it asks for a transport. */
  void refuse(Status status) {
    CallAttempt none = new CallAttempt(this, false);
    if (latch.open(none)) {
      fail(none, status);
    }
  }

  /** After the call has opened: a context that is cancelled by now tells the listener at once. */
  @SuppressWarnings("FutureReturnValueIgnored")
  void watchContext() {
    plan.context().addListener(this, Runnable::run);
    if (delivery.isClosed()) {
      unwatchContext();
    }
  }

  void unwatchContext() {
    plan.context().removeListener(this);
  }

  @Override
  public void cancelled(Context context) {
    cancel(CallDeadline.ofCancelled(context, plan.callDeadline(), "the call to complete"));
  }

  /** Ends the call from this side, whatever it is doing. Any thread, any number of times. */
  @Override
  public void cancel(Status reason) {
    Object before = latch.cancel(reason);
    if (before instanceof ClientStream stream) {
      stream.cancel(reason);
    } else if (before == CallState.ENDED) {
      // The stream has ended, but the application may not have taken all of its messages.
      if (!delivery.isClosed()) {
        delivery.execute(new PendingEvents(CallTracers.NONE).closeNow(reason));
      }
    } else if (before instanceof CallAttempt opening) {
      opening.abandon();
      closeHere(opening, reason);
    } else if (before == null) {
      plan.environment().unsent().remove(this);
      closeHere(new CallAttempt(this, false), reason);
    }
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

  /** Ends a call whose attempt got no stream. */
  void fail(CallAttempt opening, Status status) {
    if (latch.endOpening(opening)) {
      opening.abandon();
      closeHere(opening, status);
    }
  }

  private void closeHere(CallAttempt last, Status status) {
    Status refined = CallDeadline.refine(status, plan.callDeadline());
    last.tracers().streamClosed(refined);
    // Not queued with others: only the event loop of the call's stream may take a batch back.
    delivery.execute(new PendingEvents(last.tracers()).closeNow(refined));
    ended();
  }

  /** Sends the call again if nobody can have noticed the first time. On the event loop of the failed attempt. */
  boolean retry(CallAttempt failed, Status status, StreamProgress progress) {
    if (progress == StreamProgress.PROCESSED || !allows(progress) || !request.detach()) {
      return false;
    }
    failed.tracers().streamClosed(status);
    CallAttempt next = new CallAttempt(this, true);
    Status problem = next.prepare();
    latch.bind(null);
    if (!latch.reopen(next)) {
      next.tracers().streamClosed(Status.CANCELLED);
      return false;
    }
    if (problem != null) {
      fail(next, problem);
    } else {
      next.begin();
    }
    return true;
  }

  private boolean allows(StreamProgress progress) {
    if (retry == null) {
      retry = new TransparentRetry();
    }
    return retry.allows(progress);
  }

  /** The end has been queued for the listener. */
  void ended() {
    request.release();
    // Last: when no call is left, the channel may shut its executor down.
    plan.environment().lifecycle().callEnded();
  }

  boolean isReady() {
    CallAttempt bound = latch.bound();
    return bound != null && bound.stream().isReady();
  }

  Attributes attributes() {
    CallAttempt bound = latch.bound();
    return bound == null ? Attributes.EMPTY : bound.transportAttributes();
  }

  CallPlan plan() {
    return plan;
  }

  CallRequest request() {
    return request;
  }

  CallListenerExecutor<?> delivery() {
    return delivery;
  }

  CallState latch() {
    return latch;
  }
}
