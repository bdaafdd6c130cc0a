// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures what would cost too much to measure all the time: how long the loop lets a task wait,
 * the smallest windows of the streams, and the time of streams that have had no event for long.
 * Measures when it is requested, one time after the other.
 */
@CrossesThreads
final class LoopProbe {

  private static final long NONE = Long.MIN_VALUE;

  private final EventLoop loop;
  private final ActiveStreams activeStreams;
  private final StreamWaits waits;
  /** When the task was sent that has not run; {@link #NONE} if there is none. */
  private final AtomicLong sentAt = new AtomicLong(NONE);
  /** Whether a measurement is under way. */
  private volatile boolean measuring;

  private volatile long lag = NONE;
  private volatile long smallestSend = NONE;
  private volatile long smallestReceive = NONE;

  /** Loop only. */
  private long minSend;

  private long minReceive;

  LoopProbe(EventLoop loop, ActiveStreams activeStreams, StreamWaits waits) {
    this.loop = loop;
    this.activeStreams = activeStreams;
    this.waits = waits;
  }

  /** Any thread. */
  void request() {
    if (!measuring && sentAt.compareAndSet(NONE, loop.ticker().nanoTime())) {
      try {
        loop.execute(this::measure);
      } catch (RejectedExecutionException e) {
        // The loop has ended, and the connection with it.
        sentAt.set(NONE);
      }
    }
  }

  private void measure() {
    measuring = true;
    lag = loop.ticker().nanoTime() - sentAt.get();
    sentAt.set(NONE);
    minSend = Long.MAX_VALUE;
    minReceive = Long.MAX_VALUE;
    new StreamWalk(loop, activeStreams, this::look, this::publish).begin(List.of());
  }

  private void look(StreamState stream) {
    minSend = Math.min(minSend, stream.sendQuota().window());
    minReceive = Math.min(minReceive, stream.inFlow().available());
    waits.addTimeSoFar(stream);
  }

  private void publish() {
    smallestSend = minSend == Long.MAX_VALUE ? NONE : minSend;
    smallestReceive = minReceive == Long.MAX_VALUE ? NONE : minReceive;
    measuring = false;
  }

  OptionalLong smallestSend() {
    return optional(smallestSend);
  }

  OptionalLong smallestReceive() {
    return optional(smallestReceive);
  }

  /** The time of the task that waits, or else of the last one. */
  OptionalLong lagNanos() {
    long sent = sentAt.get();
    return sent == NONE ? optional(lag) : OptionalLong.of(loop.ticker().nanoTime() - sent);
  }

  private static OptionalLong optional(long value) {
    return value == NONE ? OptionalLong.empty() : OptionalLong.of(value);
  }
}
