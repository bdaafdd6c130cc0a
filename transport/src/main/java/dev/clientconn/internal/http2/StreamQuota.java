// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.transport.TransportListener;
import dev.clientconn.transport.TransportListener.WaitOutcome;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayDeque;
import java.util.OptionalLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Holds the peer's SETTINGS_MAX_CONCURRENT_STREAMS and the calls that wait for a slot, first come, first served. A call that
 * gave up leaves its place empty; empty places are swept when they outnumber the waiting. Reports how each wait went.
 */
@EventLoopConfined
final class StreamQuota {

  /** No limit has been set (RFC 9113 section 6.5.2). */
  static final long UNLIMITED = 0xFFFF_FFFFL;

  private static final int SWEEP_FLOOR = 64;

  private static final Logger LOGGER = Logger.getLogger("dev.clientconn.ClientConn");

  private final int maxWaiting;
  /** The user's, until it throws. */
  private TransportListener listener;

  private final Ticker ticker;
  /** Made when the first one has to wait, which on most connections none ever does. */
  private @Nullable ArrayDeque<StreamState> queue;

  private long limit = UNLIMITED;
  private int waiting;

  StreamQuota(int maxWaiting, TransportListener listener, Ticker ticker) {
    this.maxWaiting = maxWaiting;
    this.listener = listener;
    this.ticker = ticker;
  }

  void limit(long maxConcurrentStreams) {
    limit = maxConcurrentStreams;
  }

  /** What the peer allows; empty for what no connection can reach, which servers say when they mean no limit. */
  OptionalLong limit() {
    return limit >= Integer.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(limit);
  }

  int waiting() {
    return waiting;
  }

  /** Whether a new stream may open at once: there is a slot, and nobody has waited longer. */
  boolean admits(int active) {
    return waiting == 0 && active < limit;
  }

  /** Returns false if too many are waiting already. */
  boolean enqueue(StreamState stream) {
    stream.waitsSince(ticker.nanoTime());
    if (waiting >= maxWaiting) {
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

  /** Takes the one that has waited longest, if there is a slot for it. */
  @Nullable
  StreamState next(int active) {
    return active < limit ? poll(WaitOutcome.GRANTED) : null;
  }

  /** Takes the one that has waited longest, slot or no slot: for failing them all. */
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

  /** A waiting stream is closed before its turn. */
  void leave(StreamState stream, WaitOutcome outcome) {
    notify(stream, outcome);
    waiting--;
    if (queue != null && queue.size() > SWEEP_FLOOR && queue.size() > 2 * waiting) {
      queue.removeIf(StreamState::isClosed);
    }
  }

  /** Places in the queue, those of streams that have left included. */
  int places() {
    return queue == null ? 0 : queue.size();
  }

  private void notify(StreamState stream, WaitOutcome outcome) {
    try {
      listener.streamSlotWaited(outcome, ticker.nanoTime() - stream.waitingSince());
    } catch (Throwable t) {
      // Thrown on, it would stop the opening of streams.
      listener = TransportListener.NONE;
      LOGGER.log(Level.WARNING, "A TransportListener threw; this connection calls it no more", t);
    }
  }
}
