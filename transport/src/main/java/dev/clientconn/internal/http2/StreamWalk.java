// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import io.netty.channel.EventLoop;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Visits the streams of a connection on its loop, a few hundred in one task, so that the loop
 * returns to its connections in between. Visits each stream at most once, and each one that exists
 * from the first to the last slice exactly once.
 */
@EventLoopConfined
final class StreamWalk {

  /** Streams of one slice: some ten microseconds, where a loop is not to be held for one ms. */
  static final int SLICE = 256;

  private final EventLoop loop;
  private final ActiveStreams activeStreams;
  private final Consumer<StreamState> visitor;
  private final Runnable onEnd;
  private List<StreamState> waiting = List.of();
  private int nextWaiting;
  /** Those that were visited while they waited: they may be open when the others are visited. */
  private final Set<StreamState> visited = new HashSet<>();

  private long position;
  private boolean ended;

  /**
   * @param onEnd runs once on the loop after the last stream; or, on any thread, when the loop ends
   */
  StreamWalk(
      EventLoop loop, ActiveStreams activeStreams, Consumer<StreamState> visitor, Runnable onEnd) {
    this.loop = loop;
    this.activeStreams = activeStreams;
    this.visitor = visitor;
    this.onEnd = onEnd;
  }

  /** Visits the streams that wait for a slot, then those that are open. On the loop. */
  void begin(List<StreamState> waitingStreams) {
    waiting = waitingStreams;
    runSlice();
  }

  private void runSlice() {
    boolean more;
    try {
      more = visitSlice();
    } catch (Throwable t) {
      // Whoever waits for the end must not wait for ever.
      end();
      throw t;
    }
    if (more) {
      scheduleSlice();
    } else {
      end();
    }
  }

  private boolean visitSlice() {
    int left = SLICE;
    while (left > 0 && nextWaiting < waiting.size()) {
      StreamState stream = waiting.get(nextWaiting++);
      left--;
      if (stream.isWaiting()) {
        visited.add(stream);
        visitor.accept(stream);
      }
    }
    if (left > 0) {
      position = activeStreams.visit(position, left, this::visitOpen);
    }
    return position < ActiveStreams.END;
  }

  private void visitOpen(StreamState stream) {
    if (visited.isEmpty() || !visited.contains(stream)) {
      visitor.accept(stream);
    }
  }

  /** By a timer that is due at once: the loop polls its sockets before it runs that. */
  private void scheduleSlice() {
    try {
      loop.schedule(this::runSlice, 0, TimeUnit.NANOSECONDS).addListener(slice -> {
        if (slice.isCancelled()) {
          // A loop that ends cancels its timers.
          end();
        }
      });
    } catch (RejectedExecutionException e) {
      end();
    }
  }

  private void end() {
    if (!ended) {
      ended = true;
      onEnd.run();
    }
  }
}
