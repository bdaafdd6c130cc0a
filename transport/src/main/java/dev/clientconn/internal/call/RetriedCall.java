// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.transport.ClientStream;
import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.transport.WaitCause;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Runs the attempts of a call one after another: starts the stream of one, decides with {@link
 * CallRetries} whether another follows when it has failed, and waits for the backoff between them.
 * It is the superclass of {@link ActiveCall}, and not a part, to save each call an object.
 */
@CrossesThreads
abstract class RetriedCall implements AttemptOwner {
  final CallPlan plan;
  final CallRequest request;
  final CallState state = new CallState();
  /**
   * The attempt that has a stream, set just before the stream starts. It stays after the call's
   * end, for the attributes; not part of {@link #state}, for a thread that reads it changes
   * nothing.
   */
  volatile @Nullable CallAttempt attached;
  /**
   * Created at the start where the service config has a retry policy or a throttle, and otherwise
   * when an attempt fails in a way that allows a retry, so that other calls need none.
   */
  @Nullable
  CallRetries retries;

  RetriedCall(CallPlan plan, CallRequest request) {
    this.plan = plan;
    this.request = request;
  }

  @Override
  public boolean startStream(CallAttempt attempt, ClientStream stream) {
    // Before the start: the stream's first event may make the listener ask whether it is ready.
    attached = attempt;
    return request.attachStream(stream, plan.environment().retryBuffer())
        && state.streamStarted(attempt, stream);
  }

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
      createTimeline().changeTo(WaitCause.RETRY_BACKOFF);
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
    createTimeline().changeTo(WaitCause.TURN);
    next.begin(problem);
    return true;
  }

  private boolean retryAfter(long delay) {
    RetryBackoff backoff = newBackoff();
    boolean waits = state.reopen(backoff);
    if (waits) {
      createTimeline().changeTo(WaitCause.RETRY_BACKOFF);
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
      createTimeline().changeTo(WaitCause.TURN);
      next.begin(problem);
    } else {
      next.tracers().streamClosed(Status.CANCELLED);
    }
  }

  private CallAttempt nextAttempt(CallRetries known, boolean transparentRetry) {
    int previous = known.previousAttempts();
    return new CallAttempt(this, previous == 0 ? plan : plan.forRetry(previous), transparentRetry);
  }

  /** Whether another attempt may follow a failure. */
  boolean isRetried() {
    return retries != null;
  }

  /** The server responds, which rules out another attempt (gRFC A6). On the event loop. */
  void onHeaders(Metadata headers) {
    request.commit();
    if (retries != null) {
      retries.onHeaders(headers);
    }
  }

  // ---- Parts

  @Override
  public CallPlan plan() {
    return plan;
  }

  @Override
  public CallState state() {
    return state;
  }
}
