// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.message.InboundMessage;
import dev.clientconn.internal.transport.ClientStream;
import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.transport.TransportListener.RepeatReason;
import dev.clientconn.transport.WaitCause;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Opens and cancels one attempt of a hedged call, and the transparent retries that take its place.
 * Its own {@link CallState} decides between the threads that do so; {@link HedgedAttempts} decides
 * what becomes of the call.
 */
@CrossesThreads
final class Hedge implements AttemptOwner {
  private final HedgedAttempts all;
  private final HedgedAttempts.Call call;
  /** With the number of this attempt. */
  private final CallPlan plan;
  /** Of the call, as if this attempt were the only one. */
  private final CallTimeline timeline;

  private final CallState state = new CallState();
  private volatile @Nullable CallAttempt attempt;
  private volatile @Nullable ClientStream stream;

  Hedge(HedgedAttempts all, HedgedAttempts.Call call, CallPlan plan, CallTimeline timeline) {
    this.timeline = timeline;
    this.all = all;
    this.call = call;
    this.plan = plan;
  }

  void begin() {
    if (plan.previousAttempts() > 0) {
      plan.environment().listener().attemptRepeated(RepeatReason.HEDGE);
    }
    CallAttempt first = new CallAttempt(this, plan, false);
    Status problem = first.createTracers();
    begin(first, problem, state.open(first));
  }

  private void begin(CallAttempt next, @Nullable Status problem, boolean opened) {
    if (!opened) {
      next.tracers().streamClosed(HedgedAttempts.NOT_NEEDED);
    } else {
      next.begin(problem);
    }
  }

  @Override
  public CallState state() {
    return state;
  }

  @Override
  public CallPlan plan() {
    return plan;
  }

  @Override
  public CallTimeline timeline() {
    return timeline;
  }

  @Override
  public CallTimeline createTimeline(long since) {
    return timeline;
  }

  @Override
  public boolean startStream(CallAttempt opening, ClientStream opened) {
    // Before the start: the stream's first event may win.
    attempt = opening;
    stream = opened;
    if (!call.request().attachStream(opened, plan.environment().retryBuffer())
        || !state.streamStarted(opening, opened)) {
      return false;
    }
    all.commitIfOverLimit();
    return true;
  }

  @Override
  public ClientStream.Listener listener(CallTracers tracers) {
    return new Events(tracers);
  }

  @Override
  public void attemptFailed(CallAttempt opening, Status status) {
    if (endOpening(opening, status)) {
      long delay = all.afterFailure(this, status, RetryPushback.NONE);
      if (delay == HedgeSchedule.END) {
        call.fail(all, status);
      } else {
        all.proceed(delay);
      }
    }
  }

  @Override
  public void fail(CallState.Opening opening, Status status) {
    if (endOpening(opening, status)) {
      call.fail(all, status);
    }
  }

  private boolean endOpening(CallState.Opening opening, Status status) {
    boolean ended = state.endOpening(opening);
    if (ended) {
      timeline.changeTo(WaitCause.RETRY_BACKOFF);
      opening.abandon(status);
      opening.tracers().streamClosed(status);
    }
    return ended;
  }

  /** Ends this attempt only. Where the channel ends, it ends the call as well. */
  @Override
  public void cancel(Status reason) {
    Object before = state.cancel(reason);
    if (before instanceof ClientStream started) {
      started.cancel(reason);
    } else if (before instanceof CallAttempt opening) {
      opening.abandon(reason);
      opening.tracers().streamClosed(reason);
    }
  }

  /** The newest one that was started, or is about to be. */
  @Nullable
  CallAttempt attempt() {
    return attempt;
  }

  @Nullable
  ClientStream stream() {
    return stream;
  }

  void setStream(@Nullable ClientStream present) {
    stream = present;
  }

  /** Whether the present stream has been given all that was written. */
  boolean hasStream() {
    return stream != null && state.hasStream();
  }

  boolean isReady() {
    ClientStream known = stream;
    return known != null && known.isReady();
  }

  /**
   * Receives the events of one stream. They concern the application only if the call is committed
   * to this attempt, which the first of them does: until then there is nothing to hold back.
   */
  @EventLoopConfined
  private final class Events implements ClientStream.Listener {
    private final CallTracers tracers;
    /** Set once this attempt has won. */
    private ClientStream.@Nullable Listener winner;

    Events(CallTracers tracers) {
      this.tracers = tracers;
    }

    /** Returns the call's listener if this attempt has won, or does so now. */
    private ClientStream.@Nullable Listener win() {
      if (winner == null && all.commit(Hedge.this, HedgedAttempts.NOT_NEEDED)) {
        winner = call.listener(tracers);
      }
      return winner;
    }

    /** The same without committing the call. */
    private ClientStream.@Nullable Listener winnerAlready() {
      return winner != null || all.isWinner(Hedge.this) ? win() : null;
    }

    @Override
    public void onHeaders(Metadata headers) {
      ClientStream.Listener listener = win();
      if (listener != null) {
        CallRetries.addPreviousAttempts(headers, plan.previousAttempts());
        listener.onHeaders(headers);
      }
    }

    @Override
    public void onMessage(InboundMessage message) {
      ClientStream.Listener listener = win();
      if (listener != null) {
        listener.onMessage(message);
        return;
      }
      for (InboundMessage each = message; each != null; ) {
        InboundMessage following = each.following();
        each.release();
        each = following;
      }
    }

    @Override
    public void onReady() {
      ClientStream.Listener listener = winnerAlready();
      if (listener != null) {
        listener.onReady();
      } else if (!plan.clientSendsOneMessage() && !state.isOver()) {
        call.notifyReady();
      }
    }

    @Override
    public void onClosed(Status status, StreamProgress progress, Metadata trailers) {
      ClientStream ended = stream;
      ClientStream.Listener listener =
          all.detachStream(Hedge.this) ? onFailed(ended, status, progress, trailers) : win();
      if (listener != null) {
        listener.onClosed(status, progress, trailers);
      }
    }

    /** Returns the call's listener if the failure, or a success without headers, ends the call. */
    private ClientStream.@Nullable Listener onFailed(
        @Nullable ClientStream ended, Status status, StreamProgress progress, Metadata trailers) {
      if (progress != StreamProgress.PROCESSED && retryTransparently(status, progress)) {
        stopWriting(ended);
        return null;
      }
      Object before = state.end();
      if (before instanceof Status reason) {
        tracers.streamClosed(reason);
        return null;
      }
      long delay = status.isOk()
          ? HedgeSchedule.END
          : all.afterFailure(Hedge.this, status, RetryPushback.of(trailers));
      ClientStream.Listener listener = null;
      if (delay == HedgeSchedule.END) {
        setStream(ended);
        listener = win();
      }
      if (listener != null) {
        // No retry follows, not even a transparent one.
        call.request().commit();
        return listener;
      }
      if (progress == StreamProgress.PROCESSED) {
        tracers.inboundTrailers(trailers);
      }
      tracers.streamClosed(status);
      stopWriting(ended);
      all.proceed(delay);
      return null;
    }

    private void stopWriting(@Nullable ClientStream ended) {
      if (ended != null) {
        call.request().removeStream(ended);
      }
    }

    private boolean retryTransparently(Status status, StreamProgress progress) {
      if (!all.allowsTransparentRetry(progress) || !call.request().detachStream()) {
        return false;
      }
      tracers.streamClosed(status);
      CallAttempt next = new CallAttempt(Hedge.this, plan, true);
      Status problem = next.createTracers();
      begin(next, problem, state.reopen(next));
      return true;
    }

    @Override
    public boolean needsTimes(Status end, StreamProgress progress) {
      return true;
    }

    @Override
    public void onTimes(long @Nullable [] nanos, WaitCause last, long since, long now) {
      timeline.addStream(nanos, last, since, now);
    }

    @Override
    public long behindUntil(long since, long now) {
      return winner == null ? since : winner.behindUntil(since, now);
    }

    /** Ends the call with the first stream that notices: all have the same deadline. */
    @Override
    public void onDeadlineExceeded(String waitedFor, @Nullable String detail) {
      ClientStream.Listener listener = win();
      if (listener != null) {
        listener.onDeadlineExceeded(waitedFor, detail);
      } else {
        state.end();
        tracers.streamClosed(Status.DEADLINE_EXCEEDED);
      }
    }

    @Override
    public void onBatchEnd() {
      if (winner != null) {
        winner.onBatchEnd();
      }
    }

    @Override
    public String method() {
      return plan.getMethodDescriptor().getFullMethodName();
    }

    @Override
    public boolean hasDemand() {
      return call.hasDemand();
    }
  }
}
