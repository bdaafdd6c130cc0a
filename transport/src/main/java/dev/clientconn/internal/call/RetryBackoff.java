// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.transport.WaitCause;
import io.grpc.Status;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Waits between two attempts of a call, with one timer: for the end of the backoff or, where that
 * is later, for the deadline. The channel's end finds the call in {@link UnsentCalls} meanwhile.
 */
@CrossesThreads
final class RetryBackoff implements UnsentCalls.Waiting, CallState.Opening {
  private final CallPlan plan;
  private final CallState state;
  private final Consumer<RetryBackoff> onEnd;
  private final BiConsumer<RetryBackoff, Status> onFailed;
  private volatile @Nullable Future<?> timer;

  /**
   * @param onEnd begins the next attempt; on the timers' thread
   * @param onFailed ends the call, if this is still its state; any thread, any number of times
   */
  RetryBackoff(
      CallPlan plan,
      CallState state,
      Consumer<RetryBackoff> onEnd,
      BiConsumer<RetryBackoff, Status> onFailed) {
    this.plan = plan;
    this.state = state;
    this.onEnd = onEnd;
    this.onFailed = onFailed;
  }

  /** Begins to wait; the call's state is this backoff already. */
  void begin(long nanos) {
    // May end the call at once: the channel has ended.
    environment().unsent().addWaiting(this);
    CallDeadline deadline = plan.callDeadline();
    try {
      timer = deadline != null && deadline.remainingNanos() <= nanos
          ? deadline.schedule(environment().timers(), this::deadlinePassed)
          : environment().timers().schedule(this::end, nanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      onFailed.accept(
          this, Status.UNAVAILABLE.withDescription("The channel is shut down").withCause(e));
    }
    if (!state.isOpening(this)) {
      // It ended meanwhile, and abandon() may have come before there was a timer.
      leave();
    }
  }

  private void end() {
    leave();
    onEnd.accept(this);
  }

  @Override
  public void abandon(Status reason) {
    leave();
  }

  @Override
  public CallTracers tracers() {
    return CallTracers.NONE;
  }

  /** The wait is over, or the call: neither the timer nor the channel's end is of use. */
  private void leave() {
    environment().unsent().removeWaiting(this);
    Future<?> pending = timer;
    if (pending != null) {
      pending.cancel(false);
    }
  }

  private void deadlinePassed() {
    CallDeadline deadline = plan.callDeadline();
    if (deadline != null) {
      onFailed.accept(this, deadline.exceeded("the backoff before a retry"));
    }
  }

  @Override
  public WaitingCall describeWait() {
    return plan.describeWait(this, WaitCause.RETRY_BACKOFF);
  }

  @Override
  public void cancel(Status reason) {
    onFailed.accept(this, reason);
  }

  private CallEnvironment environment() {
    return plan.environment();
  }
}
