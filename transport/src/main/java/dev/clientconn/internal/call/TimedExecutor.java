// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.transport.CauseTimes;
import dev.clientconn.internal.transport.SharedDelivery;
import dev.clientconn.transport.WaitCause;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Measures a reported call that does not wait: it is started and half-closed, its stream is sent at
 * once, and the server responds. The few numbers of such a call are fields here, so that it needs
 * no further object. Whatever else happens to a call creates its {@link CallTimeline}.
 *
 * <p>The plain fields are written by the thread that performs the present step of the call; the
 * queue that leads to the next step publishes them. Only the end of the stream may come while
 * another thread creates the timeline: it is then recorded here, and added to the timeline by who
 * next needs it and comes after both.
 */
@CrossesThreads
abstract class TimedExecutor extends DemandExecutor {
  /** The call is not reported. */
  private static final byte UNUSED = 0;
  /** It waits for its half-close. */
  private static final byte STARTED = 1;
  /** It gets a stream, or has one. */
  private static final byte OPENED = 2;
  /** Its stream has ended, and the application has to take that. */
  private static final byte STREAM_ENDED = 3;
  /** The same, and the timeline has it. */
  private static final byte STREAM_ADDED = 4;

  private volatile boolean closed;
  /** Exists for a call that has waited. */
  private volatile @Nullable CallTimeline timeline;

  private byte step;
  private long start;
  /**
   * Nanoseconds, first from the start to the half-close, then from there to the stream. An int, so
   * that other calls need no more bytes for it: a call that it does not suffice for has waited.
   */
  private int beforeStream;
  /** Nanoseconds that the stream waited for the server. */
  private long server;

  /**
   * @param begun the times of a call that has waited before
   */
  TimedExecutor(CallPlan plan, @Nullable CallTimeline begun) {
    super(plan.executor());
    this.timeline = begun;
    CallEnvironment environment = plan.environment();
    if (begun == null && environment.reports().areWanted(plan.getCallOptions())) {
      start = SharedDelivery.now(environment.nanoTime());
      step = plan.clientSendsOneMessage() ? STARTED : OPENED;
    }
  }

  /** The same as in the constructor, which a subclass can find without a field. */
  abstract CallPlan plan();

  private CallEnvironment environment() {
    return plan().environment();
  }

  private long sharedTime() {
    return SharedDelivery.now(environment().nanoTime());
  }

  private static boolean fits(long nanos) {
    return nanos == (int) nanos;
  }

  // ---- The steps of the call

  /** The call is to get a stream. One that sends one message has been half-closed. */
  final void opened() {
    CallTimeline known = timeline;
    if (known != null) {
      known.changeTo(WaitCause.TURN);
    } else if (step == STARTED) {
      long application = sharedTime() - start;
      if (fits(application)) {
        beforeStream = (int) application;
        step = OPENED;
      } else {
        createTimeline(start, false).changeTo(WaitCause.TURN);
      }
    }
  }

  /** The stream has ended. Parameters are those of {@code ClientStream.Listener.onTimes}. */
  final void streamEnded(long @Nullable [] parts, WaitCause last, long since, long now) {
    CallTimeline known = timeline;
    if (known == null && step == OPENED && parts == null && last == WaitCause.SERVER) {
      // A turn's time is that of its beginning: the call may have been half-closed later in it.
      long opened = start + beforeStream;
      long sent = Math.max(since, opened);
      if (fits(sent - opened)) {
        beforeStream = (int) (sent - opened);
        server = Math.max(0, now - sent);
        step = STREAM_ENDED;
        return;
      }
    }
    createTimeline(since - CauseTimes.sum(parts), true).addStream(parts, last, since, now);
  }

  /** The application has taken all that was delivered. */
  @Override
  final void onIdle() {
    if (closed) {
      return;
    }
    CallTimeline known = timeline;
    if (known == null && step == OPENED) {
      // More follows, and when the application was idle meanwhile must be known then.
      known = createTimeline(start, true, false);
    }
    if (known != null) {
      known.idle();
    }
  }

  /** As {@code ClientStream.Listener.behindUntil}. On the event loop. */
  final long behindUntil(long since, long now) {
    if (!closed && (isBusy() || isStarved())) {
      return now;
    }
    CallTimeline known = timeline;
    return known == null ? since : Math.max(since, Math.min(now, known.idleSince()));
  }

  final boolean isClosed() {
    return closed;
  }

  /** The call is closed. What its listener does in {@code onClose} must find it so. */
  final void setClosed() {
    closed = true;
  }

  /** Ends the times of the closed call if it {@link #isTimed}, and reports them if wanted. */
  final void endTimes(Status end, int attempts) {
    CallPlan plan = plan();
    CallReports reports = plan.environment().reports();
    if (timeline == null && step == STREAM_ENDED) {
      long measured = beforeStream + server;
      long duration = Math.max(sharedTime() - start, measured);
      SharedDelivery.addTotals(plan.environment().waits(), beforeStream, duration - measured);
      reports.report(
          plan.method(), plan.getCallOptions(), end, attempts, duration, beforeStream, server);
    } else {
      reports.report(
          plan.method(), plan.getCallOptions(), end, attempts, createTimeline(start, true));
    }
  }

  // ---- The timeline

  /** Whether the call is reported or has waited. */
  final boolean isTimed() {
    return step != UNUSED || timeline != null;
  }

  /** Returns the timeline of a call that is reported or has waited, {@code null} of others. */
  final @Nullable CallTimeline timelineIfTimed() {
    return isTimed() ? createTimeline(start, true) : null;
  }

  /** Returns {@code null} where the call has not waited. */
  final @Nullable CallTimeline timeline() {
    return timeline;
  }

  /** Uses the times of the hedged attempt that the call is committed to. */
  final void useTimeline(CallTimeline winner) {
    timeline = winner;
    endIfClosed(winner);
  }

  /**
   * Returns the timeline, which is created by whichever thread first finds the call waiting. Not
   * while a stream of the call may end on another thread.
   *
   * @param since when the call started, {@link System#nanoTime}; used where it is not reported and
   *     has no deadline, from which the exact start is computed
   * @param opened whether it has begun its first attempt; known where it is reported
   */
  final CallTimeline createTimeline(long since, boolean opened) {
    return createTimeline(since, opened, true);
  }

  private synchronized CallTimeline createTimeline(
      long since, boolean opened, boolean afterStream) {
    CallTimeline known = timeline;
    CallTimeline used = known == null ? newTimeline(since, opened) : known;
    if (afterStream && step == STREAM_ENDED) {
      used.addStream(beforeStream, server);
      step = STREAM_ADDED;
    }
    if (known == null) {
      timeline = used;
      endIfClosed(used);
    }
    return used;
  }

  private CallTimeline newTimeline(long since, boolean opened) {
    byte reached = step;
    if (reached == UNUSED) {
      CallDeadline deadline = plan().callDeadline();
      long now = deadline == null ? since : environment().nanoTime().getAsLong();
      return new CallTimeline(
          environment(),
          deadline == null ? since : now - deadline.elapsedNanos(),
          opened ? WaitCause.TURN : WaitCause.APPLICATION);
    }
    CallTimeline created = new CallTimeline(environment(), start, WaitCause.APPLICATION);
    if (reached != STARTED) {
      created.changeTo(WaitCause.TURN, reached == OPENED ? start + beforeStream : start);
    }
    return created;
  }

  /** The thread that closes sets the flag before it reads the timeline: one of the two sees it. */
  private void endIfClosed(CallTimeline late) {
    if (closed) {
      late.end();
    }
  }
}
