// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.http2.TransportCounters.Figure;
import dev.clientconn.internal.http2.frame.Framer;
import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.transport.WaitCause;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.handler.codec.http2.Http2Error;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends streams, one or many, for whatever reason: sends RST_STREAM where one is due, notifies the
 * call, and releases what the stream holds. Whatever a call throws meanwhile, the remaining streams
 * are ended too.
 */
@EventLoopConfined
final class StreamCloser {

  private static final Status LIMIT_LOWERED =
      Status.UNAVAILABLE.withDescription("the peer has lowered its limit of concurrent streams");

  private final ActiveStreams activeStreams;
  private final StreamQuota quota;
  private final DeadlineWheel deadlines;
  private final LoopyWriter loopy;
  private final PendingDeliveries deliveries;
  private final Framer framer;
  private final StreamWaits waits;
  private final GoAwayState goAway;
  private final FloodGuard floodGuard;
  private final TransportCounters counters;
  private final Consumer<Throwable> failConnection;
  /** The lowest last stream id of the peer's GOAWAY frames: streams above it have ended. */
  private int lastProcessed = Integer.MAX_VALUE;

  /**
   * @param failConnection called with what a call threw when it was notified
   */
  StreamCloser(
      ActiveStreams activeStreams,
      StreamQuota quota,
      DeadlineWheel deadlines,
      LoopyWriter loopy,
      PendingDeliveries deliveries,
      Framer framer,
      StreamWaits waits,
      GoAwayState goAway,
      FloodGuard floodGuard,
      TransportCounters counters,
      Consumer<Throwable> failConnection) {
    this.activeStreams = activeStreams;
    this.quota = quota;
    this.deadlines = deadlines;
    this.loopy = loopy;
    this.deliveries = deliveries;
    this.framer = framer;
    this.waits = waits;
    this.goAway = goAway;
    this.floodGuard = floodGuard;
    this.counters = counters;
    this.failConnection = failConnection;
  }

  // One stream

  /** The peer has ended the stream. */
  void finish(StreamState stream, Status status, Metadata trailers) {
    if (!stream.localEnded()) {
      // The peer needs no more of the request (RFC 9113 section 8.1).
      sendReset(stream, Http2Error.NO_ERROR);
    }
    closeOpen(stream, status, StreamProgress.PROCESSED, trailers);
  }

  /** The peer has broken a rule, or exceeded a limit of ours, on this stream. */
  void reset(StreamState stream, Status status, Http2Error error) {
    if (!stream.endedByBoth()) {
      if (!floodGuard.allowsReply()) {
        // The connection has just failed, and all streams with it.
        return;
      }
      sendReset(stream, error);
    }
    closeOpen(stream, goAway.explain(status), StreamProgress.PROCESSED, new Metadata());
  }

  /** The peer has reset the stream. */
  void resetByPeer(StreamState stream, long errorCode) {
    closeOpen(
        stream,
        goAway.explain(Http2Status.ofReset(errorCode)),
        Http2Status.progressOfReset(errorCode),
        new Metadata());
  }

  /** The call has cancelled its open stream. Not a reply: the peer has not provoked it. */
  void cancelOpen(StreamState stream, Status reason) {
    sendReset(stream, Http2Error.CANCEL);
    closeOpen(stream, goAway.explain(reason), StreamProgress.PROCESSED, new Metadata());
  }

  /** The deadline of a stream, open or waiting, has passed. */
  void expire(StreamState stream) {
    // Not disarmed: the wheel has removed it.
    boolean open = stream.isOpen();
    if (open) {
      sendReset(stream, Http2Error.CANCEL);
      activeStreams.remove(stream);
    }
    WaitCause waitedFor = endWaits(stream, null, StreamProgress.PROCESSED);
    try {
      stream.notifyDeadlineExceeded(waitedFor, goAway.description());
    } catch (Throwable thrown) {
      failConnection.accept(thrown);
    } finally {
      release(stream);
    }
    deliveries.collect(stream);
    if (open) {
      loopy.onClosed(stream);
    }
  }

  /**
   * Ends a stream whose slot the peer has taken away by a lower limit, before it was opened. It is
   * retried on another connection: not on this one, because the channel knows the limit.
   */
  void closeWithoutSlot(StreamState stream) {
    closeUnopened(stream, LIMIT_LOWERED, StreamProgress.NOT_SENT);
  }

  /** Ends a stream that has no id. */
  void closeUnopened(StreamState stream, Status status, StreamProgress progress) {
    close(stream, status, progress, new Metadata());
  }

  private void closeOpen(
      StreamState stream, Status status, StreamProgress progress, Metadata trailers) {
    activeStreams.remove(stream);
    close(stream, status, progress, trailers);
    loopy.onClosed(stream);
  }

  private void close(
      StreamState stream, Status status, StreamProgress progress, Metadata trailers) {
    deadlines.disarm(stream);
    endWaits(stream, status, progress);
    try {
      // Before the queue is cleared: a call that retries from its callback may take over the
      // messages that this stream has not sent.
      stream.notifyClosed(status, progress, trailers);
    } catch (Throwable thrown) {
      failConnection.accept(thrown);
    } finally {
      deliveries.collect(stream);
      release(stream);
    }
  }

  /**
   * Ends the wait of a stream. Whatever goes wrong with its times, the call's end follows.
   *
   * @param status {@code null} if the deadline has passed: the call's status then needs the times
   */
  private WaitCause endWaits(StreamState stream, @Nullable Status status, StreamProgress progress) {
    try {
      boolean passTimes = status == null || stream.listener().needsTimes(status, progress);
      return waits.end(stream, passTimes);
    } catch (Throwable thrown) {
      // First: the end of the connection delivers the events of streams, which may begin waits.
      stream.endPhases();
      failConnection.accept(thrown);
      return WaitCause.SERVER;
    }
  }

  private void sendReset(StreamState stream, Http2Error error) {
    framer.writeRstStream(stream.id(), error.code());
    counters.count(ErrorCounts.Frame.RESET_SENT, error.code());
  }

  private void release(StreamState stream) {
    counters.add(Figure.QUEUED, -stream.sendQueue.clear());
    counters.add(Figure.UNREAD, -stream.inFlow().unread());
    quota.streamEnded();
  }

  // Many streams

  /** Ends the streams that wait for a slot; they may be retried on another connection. */
  void closeWaiting(Status status) {
    for (StreamState s = quota.poll(); s != null; s = quota.poll()) {
      closeUnopened(s, status, StreamProgress.NOT_SENT);
    }
  }

  /**
   * Ends the streams that the peer's GOAWAY excludes from processing. Its frames may lower the id
   * one stream at a time, so each looks at the ids that it newly excludes and no others, or at the
   * open streams where these are fewer.
   */
  void closeAbove(int lastStreamId, Status status) {
    int newest = Math.min(activeStreams.newestId(), lastProcessed);
    lastProcessed = Math.min(lastProcessed, lastStreamId);
    if (newest <= lastStreamId) {
      return;
    }
    if ((newest - lastStreamId + 1) / 2 > activeStreams.active()) {
      for (StreamState stream : activeStreams.all()) {
        refuseAbove(lastStreamId, stream, status);
      }
      return;
    }
    for (int id = (lastStreamId + 1) | 1; id <= newest; id += 2) {
      refuseAbove(lastStreamId, activeStreams.find(id), status);
    }
  }

  private void refuseAbove(int lastStreamId, @Nullable StreamState stream, Status status) {
    if (stream != null && !stream.isClosed() && stream.id() > lastStreamId) {
      closeOpen(stream, status, StreamProgress.REFUSED, new Metadata());
    }
  }

  /** Ends everything: the connection is closed. */
  void closeAll(Status status) {
    closeWaiting(status);
    for (StreamState stream : activeStreams.all()) {
      // A callback may have ended it since the copy was made.
      if (!stream.isClosed()) {
        closeOpen(stream, status, StreamProgress.PROCESSED, new Metadata());
      }
    }
    waits.endAll();
    deadlines.close();
    loopy.clear();
  }
}
