// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.message.InboundMessage;
import dev.clientconn.internal.transport.ClientStream;
import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.transport.WaitCause;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Collects the events of one attempt's stream, queues those of one read for the application
 * together, and decides at the stream's end whether the call is retried or has ended. Parses
 * nothing and calls no listener of the application: both may block, and this is the event loop.
 */
@EventLoopConfined
final class AttemptListener implements ClientStream.Listener {
  private final ActiveCall call;
  private final CallTracers tracers;
  /** Events of the present read, if there are any. */
  private @Nullable PendingEvents pending;

  AttemptListener(ActiveCall call, CallTracers tracers) {
    this.call = call;
    this.tracers = tracers;
  }

  @Override
  public void onHeaders(Metadata headers) {
    call.onHeaders(headers);
    tracers.inboundHeaders(headers);
    pending().headers = headers;
  }

  @Override
  public void onMessage(InboundMessage message) {
    // Headers have come before, and committed the call: repeating this costs a read.
    call.request().commit();
    if (tracers != CallTracers.NONE) {
      trace(message);
    }
    pending().addMessage(message);
  }

  private void trace(InboundMessage first) {
    for (InboundMessage each = first; each != null; each = each.following()) {
      tracers.inboundMessage(each.size(), each.isCompressed());
    }
  }

  /** For calls that send several messages: the others write once, before they have a stream. */
  @Override
  public void onReady() {
    if (!call.plan().clientSendsOneMessage()) {
      pending().ready = true;
    }
  }

  @Override
  public void onClosed(Status status, StreamProgress progress, Metadata trailers) {
    if (call.retry(tracers, status, progress, trailers)) {
      pending = null;
      return;
    }
    call.request().commit();
    if (endCall(status)) {
      close(status, progress, trailers);
    }
  }

  /** Never retried: another attempt would have no time left. */
  @Override
  public void onDeadlineExceeded(String waitedFor, @Nullable String detail) {
    call.request().commit();
    CallDeadline deadline = call.plan().callDeadline();
    Status exceeded = deadline == null ? Status.DEADLINE_EXCEEDED : deadline.exceeded(waitedFor);
    Status status = detail == null ? exceeded : exceeded.augmentDescription(detail);
    if (endCall(status)) {
      tracers.streamClosed(status);
      pending().closeNow(call.describe(call.withTimes(status)));
    }
  }

  @Override
  public boolean needsTimes(Status end, StreamProgress progress) {
    return call.listenerExecutor().isTimed()
        || progress != StreamProgress.PROCESSED
        || (!end.isOk() && (call.isRetried() || end.getCode() == Status.Code.CANCELLED));
  }

  @Override
  public void onTimes(long @Nullable [] nanos, WaitCause last, long since, long now) {
    call.listenerExecutor().streamEnded(nanos, last, since, now);
  }

  @Override
  public long behindUntil(long since, long now) {
    return call.listenerExecutor().behindUntil(since, now);
  }

  /**
   * Ends the call. Returns false if it has ended or was cancelled before: the application's reason
   * takes precedence over the peer's at the same time.
   */
  private boolean endCall(Status status) {
    Object before = call.state().end();
    if (before == CallState.ENDED) {
      tracers.streamClosed(status);
      pending = null;
      return false;
    }
    if (before instanceof Status reason) {
      Status refined = CallDeadline.refineLocal(reason, call.plan().callDeadline());
      tracers.streamClosed(refined);
      pending().closeNow(call.withTimes(refined));
      return false;
    }
    return true;
  }

  private void close(Status status, StreamProgress progress, Metadata trailers) {
    if (progress == StreamProgress.PROCESSED) {
      tracers.inboundTrailers(trailers);
    }
    Status refined = CallDeadline.refinePeers(status, call.plan().callDeadline());
    // Before the listener runs: its time must not count as the attempt's.
    tracers.streamClosed(refined);
    Status described =
        call.describe(refined.getCode() == status.getCode() ? refined : call.withTimes(refined));
    if (refined.getCode() != status.getCode()) {
      pending().closeNow(described);
    } else {
      pending().close(described, trailers);
    }
  }

  @Override
  public void onBatchEnd() {
    PendingEvents complete = pending;
    if (complete == null) {
      return;
    }
    pending = null;
    // Read first: once queued, the events belong to another thread.
    boolean last = complete.end != null;
    call.listenerExecutor().queue(complete);
    if (last) {
      call.ended();
    }
  }

  private PendingEvents pending() {
    if (pending == null) {
      pending = new PendingEvents(tracers);
    }
    return pending;
  }

  @Override
  public String method() {
    return call.plan().getMethodDescriptor().getFullMethodName();
  }

  @Override
  public boolean hasDemand() {
    return call.listenerExecutor().hasDemand();
  }
}
