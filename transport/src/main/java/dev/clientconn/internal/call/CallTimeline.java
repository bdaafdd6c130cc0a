// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.transport.CauseTimes;
import dev.clientconn.internal.transport.ChannelWaits;
import dev.clientconn.transport.WaitCause;
import org.jspecify.annotations.Nullable;

/**
 * Splits the life of one call, without a gap, into what it waits for. Exists for calls that have
 * waited: of others {@link TimedExecutor} and their stream measure what is needed.
 *
 * <p>While the call has a stream, the event loop measures in the stream, and adds that here when
 * the stream has ended. Everything else is written by the thread that performs the present step of
 * the call, and those follow each other; but a thread that ends the call meanwhile reads the times,
 * and what the other writes later must not count. So a lock covers the fields. It is taken a few
 * times in a call, and there is almost never a thread to wait for.
 */
@CrossesThreads
final class CallTimeline {
  /** A call, or an attempt of a hedged call, which has a timeline once it has waited. */
  interface Owner {
    /** Where the time of the call went; {@code null} for a call that has not waited. */
    @Nullable
    CallTimeline timeline();

    /**
     * The same for a call that begins to wait. Not while a stream of it may end on another thread.
     *
     * @param since when it began to wait, by the clock of the environment; not later than now
     */
    CallTimeline createTimeline(long since);
  }

  private static final WaitCause[] CAUSES = WaitCause.values();

  private final CallEnvironment environment;
  /** When the application had taken all that was delivered to it last. Written by its executor. */
  private volatile long idleSince;

  // Guarded by this

  /** The time before {@link #since}; see {@link CauseTimes}. */
  private long[] nanos = CauseTimes.create();

  /** What the call has waited for since {@link #since}. */
  private WaitCause cause;

  private long since;
  /** What the stream waited for that has just ended. */
  private @Nullable WaitCause lastOfStream;
  /** The end is queued for the application, and a late step must not change the cause again. */
  private boolean endQueued;

  private boolean ended;

  /**
   * @param start when the call was started, by the clock of the environment
   * @param cause what it has waited for since then
   */
  CallTimeline(CallEnvironment environment, long start, WaitCause cause) {
    this.environment = environment;
    this.since = start;
    this.idleSince = start;
    this.cause = cause;
    beginTotal(cause, start);
  }

  private long now() {
    return environment.nanoTime().getAsLong();
  }

  private ChannelWaits totals() {
    return environment.waits();
  }

  // The steps of the call

  /** The call waits for this from now on. */
  void changeTo(WaitCause next) {
    // Read without the lock, to save a call that has not waited the time: it was written by the
    // step before, or by the end of the call, after which nothing changes.
    if (next != cause) {
      changeTo(next, now());
    }
  }

  /** The same, known later than it was. */
  synchronized void changeTo(WaitCause next, long at) {
    if (!ended && !endQueued && next != cause) {
      long now = Math.max(at, since);
      leaveCause(now);
      cause = next;
      lastOfStream = null;
      beginTotal(next, now);
    }
  }

  private void leaveCause(long now) {
    long elapsed = now - since;
    nanos = CauseTimes.add(nanos, cause, elapsed);
    since = now;
    if (isCountedWhileItLasts(cause)) {
      totals().end(cause, now);
    } else if (elapsed > 0 && cause != WaitCause.TURN) {
      // Turns are in the totals of the connection, but for the part that addStream adds.
      totals().add(cause, elapsed);
    }
  }

  private void beginTotal(WaitCause next, long now) {
    if (isCountedWhileItLasts(next)) {
      totals().begin(next, now);
    }
  }

  /** Whether the cause makes calls wait without a stream, perhaps for long, and few of them. */
  private static boolean isCountedWhileItLasts(WaitCause cause) {
    return cause.compareTo(WaitCause.STREAM_SLOT) <= 0;
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
    long ofLast = now - lastSince;
    long unmeasured = now - since - ofLast - CauseTimes.sum(parts);
    if (unmeasured > 0 && cause == WaitCause.TURN) {
      // The call waited for the event loop, which knows only its streams.
      totals().add(cause, unmeasured);
    }
    leaveCause(since + Math.max(0, unmeasured));
    // A turn's time is that of its beginning, so the stream may seem to have begun before the step
    // that created it. The parts must add up to the duration all the same.
    long excess = addWithout(Math.max(0, -unmeasured), last, ofLast);
    for (int i = 0; parts != null && i < CAUSES.length; i++) {
      excess = addWithout(excess, CAUSES[i], CauseTimes.get(parts, CAUSES[i]));
    }
    since = now;
    cause = WaitCause.APPLICATION;
    lastOfStream = last;
  }

  /**
   * The same where the stream waited for the server only.
   *
   * @param before nanoseconds before it was sent
   */
  synchronized void addStream(long before, long server) {
    long sent = since + before;
    addStream(null, WaitCause.SERVER, sent, sent + server);
  }

  /** Adds a time less the excess, or less as much of it as there is. Returns the rest. */
  private long addWithout(long excess, WaitCause of, long time) {
    long without = Math.min(time, excess);
    nanos = CauseTimes.add(nanos, of, time - without);
    return excess - without;
  }

  /** Makes the timeline of the first attempt of a hedged call, whose own timeline this is. */
  synchronized CallTimeline ofFirstHedge() {
    long now = Math.max(now(), since);
    CallTimeline hedge = new CallTimeline(environment, now, WaitCause.TURN);
    hedge.nanos = CauseTimes.add(nanos.clone(), cause, now - since);
    return hedge;
  }

  /** The same of a later attempt, or of the wait for one. */
  synchronized CallTimeline ofLaterHedge() {
    long now = Math.max(now(), since);
    CallTimeline hedge = new CallTimeline(environment, now, WaitCause.TURN);
    long before = CauseTimes.sum(nanos) + now - since;
    hedge.nanos = CauseTimes.add(hedge.nanos, WaitCause.RETRY_BACKOFF, before);
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

  // What it was

  long idleSince() {
    return idleSince;
  }

  /** What the call waits for, or what its stream waited for that has just ended. */
  synchronized WaitCause waitedFor() {
    return lastOfStream == null ? cause : lastOfStream;
  }

  /** The time of each cause up to now, as in {@link CauseTimes}. */
  synchronized long[] split() {
    long untilNow = ended ? 0 : Math.max(0, now() - since);
    return CauseTimes.add(nanos.clone(), cause, untilNow);
  }

  /**
   * The call has ended: nothing is added any more. Returns the time of each cause, as in {@link
   * CauseTimes}; the sum is the call's duration.
   */
  synchronized long[] end() {
    if (!ended) {
      leaveCause(Math.max(now(), since));
      ended = true;
    }
    return nanos;
  }
}
