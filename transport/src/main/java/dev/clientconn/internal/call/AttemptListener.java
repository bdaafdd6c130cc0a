// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.message.InboundMessage;
import dev.clientconn.internal.transport.ClientStream;
import dev.clientconn.internal.transport.StreamProgress;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * What the events of one stream come to: gathers those of a read into one batch for the application, and decides at
 * the end whether the call goes out again or is over. Parses nothing and calls no listener.
 */
@EventLoopConfined
final class AttemptListener implements ClientStream.Listener {
  private final CallAttempt attempt;
  private @Nullable PendingEvents batch;
  private boolean answered;

  AttemptListener(CallAttempt attempt) {
    this.attempt = attempt;
  }

  @Override
  public void onHeaders(Metadata headers) {
    commit();
    attempt.tracers().inboundHeaders(headers);
    batch().headers = headers;
  }

  @Override
  public void onMessage(InboundMessage message) {
    commit();
    CallTracers tracers = attempt.tracers();
    if (tracers != CallTracers.NONE) {
      trace(message, tracers);
    }
    batch().addMessage(message);
  }

  private static void trace(InboundMessage first, CallTracers tracers) {
    for (InboundMessage each = first; each != null; each = each.following()) {
      tracers.inboundMessage(each.size(), each.isCompressed());
    }
  }

  private void commit() {
    if (!answered) {
      answered = true;
      attempt.call().request().commit();
    }
  }

  @Override
  public void onReady() {
    if (!attempt.call().plan().clientSendsOneMessage()) {
      batch().ready = true;
    }
  }

  @Override
  public void onClosed(Status status, StreamProgress progress, Metadata trailers) {
    if (!answered && attempt.call().retry(attempt, status, progress)) {
      batch = null;
      return;
    }
    commit();
    if (endCall(status)) {
      close(status, progress, trailers);
    }
  }

  /** Never retried: another attempt would have no time left. */
  @Override
  public void onDeadlineExceeded(String waitedFor, @Nullable String detail) {
    commit();
    CallDeadline deadline = attempt.call().plan().callDeadline();
    Status exceeded = deadline == null ? Status.DEADLINE_EXCEEDED : deadline.exceeded(waitedFor);
    Status status = detail == null ? exceeded : exceeded.augmentDescription(detail);
    if (endCall(status)) {
      attempt.tracers().streamClosed(status);
      batch().closeNow(status);
    }
  }

  /**
   * Ends the call. Returns false where the call had been ended before, by the application for one:
   * its reason then takes precedence over what the peer sends at the same time.
   */
  private boolean endCall(Status status) {
    Object before = attempt.call().latch().end();
    if (before == CallState.ENDED) {
      attempt.tracers().streamClosed(status);
      batch = null;
      return false;
    }
    if (before instanceof Status reason) {
      Status refined = CallDeadline.refine(reason, attempt.call().plan().callDeadline());
      attempt.tracers().streamClosed(refined);
      batch().closeNow(refined);
      return false;
    }
    return true;
  }

  private void close(Status status, StreamProgress progress, Metadata trailers) {
    if (progress == StreamProgress.PROCESSED) {
      attempt.tracers().inboundTrailers(trailers);
    }
    Status refined = CallDeadline.refinePeers(status, attempt.call().plan().callDeadline());
    // Before the listener runs: its time must not count as the attempt's.
    attempt.tracers().streamClosed(refined);
    if (refined.getCode() != status.getCode()) {
      batch().closeNow(refined);
    } else {
      batch().close(refined, trailers);
    }
  }

  @Override
  public void onBatchEnd() {
    PendingEvents complete = batch;
    if (complete != null) {
      batch = null;
      boolean last = complete.end != null;
      attempt.call().delivery().queue(complete);
      if (last) {
        attempt.call().ended();
      }
    }
  }

  private PendingEvents batch() {
    if (batch == null) {
      batch = new PendingEvents(attempt.tracers());
    }
    return batch;
  }

  @Override
  public boolean wantsMessage() {
    return attempt.call().delivery().wantsMessage();
  }
}
