// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.transport.ChannelWaits;
import dev.clientconn.transport.WaitCause;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Splits the life of one call, without a gap, into what it waits for. Exists for calls that are
 * reported or that have waited: an ordinary call has none, and its stream measures what is needed.
 *
 * <p>While the call has a stream, the event loop measures in the stream, and adds that here when
 * the stream has ended. Everything else is written by the thread that performs the present step of
 * the call, and those follow each other; but a thread that ends the call meanwhile reads the times,
 * and what the other writes later must not count. So a lock covers the fields. It is taken a few
 * times in a call, and there is almost never a thread to wait for.
 */
@CrossesThreads
@SuppressWarnings("EnumOrdinal") // indexes figures of causes, which are never stored
final class CallTimeline {
  private static final WaitCause[] CAUSES = WaitCause.values();
  /** Waits without a stream that are counted while they last. */
  private static final int RARE = WaitCause.STREAM_SLOT.ordinal();

  private final ChannelWaits totals;
  private final LongSupplier nanoTime;
  private final long start;
  /** When the application had taken all that was delivered to it last. Written by its executor. */
  private volatile long idleSince;

  // Guarded by this
  private final long[] nanos = new long[CAUSES.length];
  private WaitCause cause;
  /** What the stream waited for that has just ended. */
  private @Nullable WaitCause endedWith;

  private long since;
  /** The end is queued for the application, and a late step must not change the cause again. */
  private boolean endQueued;

  private boolean ended;

  /**
   * @param totals of the channel
   * @param start when the call was started, by the clock {@code nanoTime}
   * @param cause what it has waited for since then
   */
  CallTimeline(ChannelWaits totals, LongSupplier nanoTime, long start, WaitCause cause) {
    this.totals = totals;
    this.nanoTime = nanoTime;
    this.start = start;
    this.since = start;
    this.idleSince = start;
    this.cause = cause;
    beginTotal(cause, start);
  }

  long now() {
    return nanoTime.getAsLong();
  }

  /** The call waits for this from now on. */
  void changeTo(WaitCause next) {
    changeTo(next, now());
  }

  /** The call has waited for this since {@code from}, or since its last change if that is later. */
  synchronized void changeTo(WaitCause next, long from) {
    if (!ended && !endQueued && next != cause) {
      long now = Math.max(from, since);
      leaveCause(now);
      cause = next;
      endedWith = null;
      since = now;
      beginTotal(next, now);
    }
  }

  private void leaveCause(long now) {
    long elapsed = now - since;
    nanos[cause.ordinal()] += elapsed;
    if (cause.ordinal() <= RARE) {
      totals.end(cause, now);
    } else if (elapsed > 0 && cause != WaitCause.TURN) {
      // Turns are in the connection's totals, but for the part that the end of a stream adds.
      totals.add(cause, elapsed);
    }
  }

  private void beginTotal(WaitCause next, long now) {
    if (next.ordinal() <= RARE) {
      totals.begin(next, now);
    }
  }

  /**
   * The stream of the call has ended; from now on the application is to take the end. Parameters
   * are those of {@code ClientStream.Listener.onTimes}.
   */
  synchronized void addStream(
      long @Nullable [] parts, WaitCause last, long lastSince, long streamEnd) {
    if (ended || endQueued) {
      return;
    }
    long now = Math.max(streamEnd, since);
    long surplus = now - lastSince - (now - since);
    if (parts != null) {
      for (long part : parts) {
        surplus += part;
      }
    }
    // A turn's time is read at its beginning, so the stream may seem to have begun a little before
    // the call was passed to the loop. The parts must add up all the same.
    for (int i = CAUSES.length - 1; i >= 0; i--) {
      long part = (parts == null ? 0 : parts[i]) + (i == last.ordinal() ? now - lastSince : 0);
      long taken = Math.min(part, Math.max(surplus, 0));
      surplus -= taken;
      nanos[i] += part - taken;
    }
    // What is not in the stream's parts: the call waited for the loop.
    long before = Math.max(0, -surplus);
    if (cause == WaitCause.TURN && before > 0) {
      totals.add(cause, before);
    }
    leaveCause(since + before);
    since = now;
    cause = WaitCause.APPLICATION;
    endedWith = last;
  }

  /** Makes the timeline of an attempt of a hedged call, whose own timeline this is. */
  synchronized CallTimeline ofHedge(boolean first) {
    CallTimeline hedge = new CallTimeline(totals, nanoTime, start, WaitCause.TURN);
    long now = Math.max(now(), since);
    if (first) {
      System.arraycopy(nanos, 0, hedge.nanos, 0, nanos.length);
      hedge.nanos[cause.ordinal()] += now - since;
    } else {
      hedge.nanos[WaitCause.RETRY_BACKOFF.ordinal()] = now - start;
    }
    hedge.since = now;
    return hedge;
  }

  /** The call has ended without a stream; from now on the application is to take the end. */
  synchronized void queueEnd() {
    changeTo(WaitCause.APPLICATION);
    endQueued = true;
  }

  /** The application has taken all that was delivered. On its executor. */
  void idle() {
    idleSince = now();
  }

  long idleSince() {
    return idleSince;
  }

  /** What the call waits for, or what its stream waited for that has just ended. */
  synchronized WaitCause waitedFor() {
    return endedWith == null ? cause : endedWith;
  }

  /** The time of each cause up to now. */
  synchronized long[] split() {
    long[] split = nanos.clone();
    if (!ended) {
      split[cause.ordinal()] += Math.max(0, now() - since);
    }
    return split;
  }

  /** The call has ended: nothing is added any more. Returns its duration. */
  synchronized long end() {
    if (!ended) {
      long now = Math.max(now(), since);
      leaveCause(now);
      since = now;
      ended = true;
    }
    return since - start;
  }

  /** After {@link #end}: the causes that took time. */
  synchronized Map<WaitCause, Long> nanosByCause() {
    Map<WaitCause, Long> causes = new EnumMap<>(WaitCause.class);
    for (int i = 0; i < CAUSES.length; i++) {
      if (nanos[i] > 0) {
        causes.put(CAUSES[i], nanos[i]);
      }
    }
    return causes;
  }
}
