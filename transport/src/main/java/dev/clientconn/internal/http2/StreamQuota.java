// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.ChannelLog;
import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.http2.TransportCounters.Figure;
import dev.clientconn.internal.http2.TransportCounters.RareFigure;
import dev.clientconn.internal.transport.StreamSlots;
import dev.clientconn.transport.TransportListener;
import dev.clientconn.transport.TransportListener.WaitOutcome;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Enforces the peer's SETTINGS_MAX_CONCURRENT_STREAMS (RFC 9113 section 5.1.2): streams above it
 * wait for a slot in the order they came. A stream that stops waiting stays in the queue as a
 * closed entry, because removing it at once would cost a walk; closed entries are swept when they
 * outnumber the waiting. Reports the outcome and length of each wait to the user's listener.
 *
 * <p>Where the channel makes several connections to one address, it chooses one with a free slot,
 * and calls wait in the channel. This queue then has only calls for which the socket took no
 * HEADERS.
 */
@EventLoopConfined
final class StreamQuota {

  private static final int SWEEP_FLOOR = 64;

  private static final Logger LOGGER = ChannelLog.LOGGER;

  private final int maxWaiting;
  /** The user's; replaced by a no-op if it throws. */
  private TransportListener listener;

  private final TurnClock clock;
  /** Created when the first stream has to wait, which on most connections never happens. */
  private @Nullable ArrayDeque<StreamState> queue;

  private long limit = PeerSettings.UNLIMITED;
  private int waiting;
  /** Since they were published. */
  private int rejected;
  /** Absent where the channel has one connection to this address at most. */
  private @Nullable StreamSlots slots;

  StreamQuota(int maxWaiting, TransportListener listener, TurnClock clock) {
    this.maxWaiting = maxWaiting;
    this.listener = listener;
    this.clock = clock;
  }

  void limit(long maxConcurrentStreams) {
    limit = maxConcurrentStreams;
    if (slots != null) {
      slots.limit(maxConcurrentStreams);
    }
  }

  // Counting streams for the channel

  void count(StreamSlots counter, int active) {
    slots = counter;
    counter.begin(limit, active + waiting);
  }

  /** Counts a stream, open or not; {@link #streamEnded} follows in any case. */
  void streamCreated(boolean inSlot) {
    if (slots != null && !inSlot) {
      slots.add();
    }
  }

  void streamEnded() {
    if (slots != null) {
      slots.release();
    }
  }

  void closeSlots() {
    if (slots != null) {
      slots.close();
    }
  }

  // Waiting

  /** The streams that wait, the one that has waited longest first; some may be closed. */
  List<StreamState> waitingStreams() {
    return queue == null ? List.of() : List.copyOf(queue);
  }

  int waiting() {
    return waiting;
  }

  /** Publishes the limit and who waits to other threads. */
  void publish(TransportCounters figures) {
    // Servers mean none by a limit that no connection can reach.
    figures.set(Figure.LIMIT, limit >= Integer.MAX_VALUE ? TransportCounters.NONE : limit);
    figures.set(Figure.WAITING, waiting);
    if (rejected > 0) {
      figures.add(RareFigure.REJECTED, rejected);
      rejected = 0;
    }
    figures.set(Figure.WAITING_SINCE, waiting == 0 ? TransportCounters.NONE : waitingSince());
  }

  /** When the first of those that wait began to. Removes the closed entries before it. */
  private long waitingSince() {
    StreamState first = queue == null ? null : queue.peek();
    while (queue != null && first != null && first.isClosed()) {
      queue.remove();
      first = queue.peek();
    }
    return first == null ? TransportCounters.NONE : first.since();
  }

  /** Whether a new stream may open at once: a slot is free, and no stream waits already. */
  boolean admits(int active) {
    return waiting == 0 && active < limit;
  }

  /** Whether no slot is free. */
  boolean isFull(int active) {
    return active >= limit;
  }

  /** Returns false if too many are waiting already. */
  boolean enqueue(StreamState stream) {
    if (waiting >= maxWaiting) {
      rejected++;
      notify(stream, WaitOutcome.REJECTED);
      return false;
    }
    if (queue == null) {
      queue = new ArrayDeque<>();
    }
    queue.add(stream);
    waiting++;
    return true;
  }

  /** The end of a call that is not queued. */
  Status rejection(int active) {
    String slots = active < limit
        ? "the peer does not read what this connection sends"
        : "this connection has " + active + " of " + limit + " slots in use";
    return Status.RESOURCE_EXHAUSTED.withDescription(
        "No stream slot: " + maxWaiting + " calls already wait; " + slots
            + ". The options maxPendingStreams (" + maxWaiting
            + ") and maxConnectionsPerAddress raise the limits, the properties streams.max-pending"
            + " and connections.max with Spring");
  }

  /** Removes and returns the stream that has waited longest, if a slot is free. */
  @Nullable
  StreamState next(int active) {
    return active < limit ? poll(WaitOutcome.GRANTED) : null;
  }

  /** Removes and returns the stream that has waited longest, to end it. */
  @Nullable
  StreamState poll() {
    return poll(WaitOutcome.CONNECTION_LOST);
  }

  private @Nullable StreamState poll(WaitOutcome outcome) {
    if (queue == null) {
      return null;
    }
    StreamState stream;
    do {
      stream = queue.poll();
    } while (stream != null && stream.isClosed());
    if (stream != null) {
      waiting--;
      notify(stream, outcome);
    }
    return stream;
  }

  /** A waiting stream has been closed. */
  void stopWaiting(StreamState stream, WaitOutcome outcome) {
    notify(stream, outcome);
    waiting--;
    if (queue != null && queue.size() > SWEEP_FLOOR && queue.size() > 2 * waiting) {
      queue.removeIf(StreamState::isClosed);
    }
  }

  /** Entries in the queue, those of closed streams included. */
  int queueLength() {
    return queue == null ? 0 : queue.size();
  }

  private void notify(StreamState stream, WaitOutcome outcome) {
    try {
      listener.streamSlotWaited(outcome, clock.now() - stream.since());
    } catch (Throwable t) {
      // Rethrown, it would stop the opening of streams.
      listener = TransportListener.NONE;
      LOGGER.log(Level.WARNING, "A TransportListener threw; this connection calls it no more", t);
    }
  }
}
