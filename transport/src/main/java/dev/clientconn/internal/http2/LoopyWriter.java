// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.flow.SendQuota;
import dev.clientconn.internal.http2.frame.Framer;
import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * Schedules DATA round robin: each stream that has bytes and a send window sends one frame of at
 * most 16 KiB and goes to the end of the queue. A stream whose own window is used up leaves the
 * queue until it gets credit; while the connection's window is used up, the queue waits.
 */
@EventLoopConfined
final class LoopyWriter {

  private static final int SWEEP_FLOOR = 64;

  private final SendQuota quota;
  private final PendingDeliveries deliveries;
  private final TransportCounters counters;
  private final StreamWaits waits;
  private final ArrayDeque<StreamState> queue = new ArrayDeque<>(1);
  /** Streams closed in the queue since the last sweep: an upper bound of those still in it. */
  private int closedInQueue;
  /** Streams added to the end of the queue in this turn; some may have left it again. */
  private int added;

  LoopyWriter(
      SendQuota quota,
      PendingDeliveries deliveries,
      TransportCounters counters,
      StreamWaits waits) {
    this.quota = quota;
    this.deliveries = deliveries;
    this.counters = counters;
    this.waits = waits;
  }

  /**
   * Queues a stream if it has something to send and a window. No effect if it is queued already.
   */
  void schedule(StreamState stream) {
    SendQueue unsent = stream.sendQueue;
    if (unsent.scheduled || unsent.isEmpty()) {
      return;
    }
    if (stream.sendQuota().window() > 0) {
      unsent.scheduled = true;
      queue.add(stream);
      added++;
      waits.queued(stream);
    } else {
      waits.lacksWindow(stream);
    }
  }

  /** Whether another {@link #write} would frame something. */
  boolean hasWork() {
    return !queue.isEmpty() && quota.connection().available() > 0;
  }

  /** Frames DATA until this many bytes are buffered, or no stream may send. */
  void write(Framer framer, int bufferLimit) {
    while (hasWork() && !framer.isFull(bufferLimit)) {
      StreamState stream = queue.remove();
      stream.sendQueue.scheduled = false;
      if (!stream.isClosed()) {
        writeFrame(framer, stream);
        schedule(stream);
      }
    }
  }

  private void writeFrame(Framer framer, StreamState stream) {
    SendQueue unsent = stream.sendQueue;
    int length = Math.min(
        Framer.MAX_PAYLOAD, Math.min(unsent.remaining(), stream.sendQuota().available()));
    if (length == 0) {
      return;
    }
    boolean end = unsent.endsAfter(length);
    framer.writeData(stream.id(), unsent.head(), unsent.offset(), length, end);
    counters.framed(length, unsent.advance(length));
    stream.sendQuota().consume(length);
    if (end) {
      stream.endLocal();
    }
    if (unsent.isEmpty()) {
      waits.sent(stream);
    }
    if (stream.clientStream().framed(length)) {
      stream.notifyReady();
      deliveries.collect(stream);
    }
  }

  /** Ends the turn: what it has left in the queue waits for more than this turn. */
  void settle() {
    int left = Math.min(added, queue.size());
    added = 0;
    if (left > 0) {
      Iterator<StreamState> newest = queue.descendingIterator();
      for (; left > 0; left--) {
        waits.settle(newest.next());
      }
    }
  }

  /**
   * A stream has been closed. While the connection's window is empty nothing leaves the queue, so
   * closed streams are swept out when they may outnumber the others.
   */
  void onClosed(StreamState stream) {
    if (stream.sendQueue.scheduled
        && ++closedInQueue > SWEEP_FLOOR
        && closedInQueue > queue.size() / 2) {
      queue.removeIf(StreamState::isClosed);
      closedInQueue = 0;
    }
  }

  int queued() {
    return queue.size();
  }

  void clear() {
    added = 0;
    queue.clear();
  }
}
