// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.flow.SendQuota;
import dev.clientconn.internal.http2.frame.Framer;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * Decides whose DATA goes next: streams that have bytes and a window stand in a round, and each turn of a stream is at
 * most one 16 KiB frame. A stream without a window of its own leaves the round until it gets one; where the connection's
 * window is used up, the round stands still.
 */
@EventLoopConfined
final class LoopyWriter {

  private static final int SWEEP_FLOOR = 64;

  private final SendQuota quota;
  private final ArrayDeque<StreamState> round = new ArrayDeque<>(1);
  private final Consumer<StreamState> onBecameReady;
  /** Streams closed since the last sweep while they stood in the round: no fewer than are in it. */
  private int left;

  /**
   * @param onBecameReady called for streams whose calls may write more
   */
  LoopyWriter(SendQuota quota, Consumer<StreamState> onBecameReady) {
    this.quota = quota;
    this.onBecameReady = onBecameReady;
  }

  /** Puts a stream into the round, if it has something to send and may. Harmless if it is in it already. */
  void schedule(StreamState stream) {
    SendQueue queue = stream.sendQueue;
    if (!queue.scheduled && !queue.isEmpty() && stream.sendQuota().window() > 0) {
      queue.scheduled = true;
      round.add(stream);
    }
  }

  /** Whether another {@link #write} would send something. */
  boolean hasWork() {
    return !round.isEmpty() && quota.connection().available() > 0;
  }

  /** Frames DATA until so many bytes are buffered, or nobody can send. */
  void write(Framer framer, int bufferLimit) {
    while (hasWork() && !framer.isFull(bufferLimit)) {
      StreamState stream = round.remove();
      stream.sendQueue.scheduled = false;
      if (!stream.isClosed()) {
        writeFrame(framer, stream);
        schedule(stream);
      }
    }
  }

  private void writeFrame(Framer framer, StreamState stream) {
    SendQueue queue = stream.sendQueue;
    int length = Math.min(
        Framer.MAX_PAYLOAD, Math.min(queue.remaining(), stream.sendQuota().available()));
    if (length == 0) {
      return;
    }
    boolean end = queue.endsAfter(length);
    framer.data(stream.id(), queue.head(), queue.offset(), length, end);
    queue.advance(length);
    stream.sendQuota().consume(length);
    if (end) {
      stream.endLocal();
    }
    if (stream.handle().framed(length)) {
      onBecameReady.accept(stream);
    }
  }

  /**
   * A stream has been closed. Where the round stands still, those in it must not pile up, so they are swept out when
   * they may outnumber the others.
   */
  void left(StreamState stream) {
    if (stream.sendQueue.scheduled && ++left > SWEEP_FLOOR && left > round.size() / 2) {
      round.removeIf(StreamState::isClosed);
      left = 0;
    }
  }

  int standing() {
    return round.size();
  }

  void clear() {
    round.clear();
  }
}
