// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static io.grpc.Status.CANCELLED;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.transport.ClientStream;
import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.transport.WaitCause;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs the attempts of a hedged call side by side until the call is committed to one of them (gRFC
 * A6, "Hedging Policy"). To its call this is one attempt that is still opening: {@link CallState}
 * holds this object until it holds the winner's stream. So one compare-and-set decides between two
 * attempts that win, an attempt that ends the call, and a cancel. From then on the call is an
 * ordinary one.
 *
 * <p>The lock covers which attempts run and which has won. Nothing foreign is called within it: no
 * stream, tracer, picker or listener.
 */
@CrossesThreads
final class HedgedAttempts implements UnsentCalls.Waiting, CallState.Opening {

  /** The call that the attempts belong to. */
  interface Call {
    CallPlan plan();

    CallRequest request();

    /** Passes the events of the winner's stream on. */
    ClientStream.Listener listener(CallTracers tracers);

    /** Whether the application has requested a message that has not been delivered. */
    boolean hasDemand();

    /** An attempt can take more, while none has won. */
    void notifyReady();

    /** Makes the stream the call's. Returns false if the call has ended. Calls nothing foreign. */
    boolean commitTo(HedgedAttempts attempts, CallAttempt winner, ClientStream stream);

    /** Where the time of the call went, from now on. */
    void useTimeline(CallTimeline ofAttempt);

    /** Ends the call, and abandons the attempts, unless it has ended or is committed. */
    void fail(CallState.Opening attempts, Status status);

    void cancel(Status reason);
  }

  static final Status NOT_NEEDED =
      CANCELLED.withDescription("The hedged call was committed to another attempt");

  private final Call call;
  private final CallPlan plan;
  /** Until an attempt has won. Its times are those of the attempt that the call ends with. */
  private final CallTimeline timeline;

  private final HedgeSchedule schedule;
  private final HedgeTimer timer;

  /** Attempts that have begun and neither failed nor won. */
  private final List<Hedge> running = new ArrayList<>(2);

  private @Nullable Hedge winner;
  /** One attempt has won, or the call has ended. */
  private boolean over;

  /** A thread starts attempts, and checks again for {@link #toStart} before it stops. */
  private boolean starting;

  private int toStart;
  /** Ends the call where no other attempt can. */
  private @Nullable Status lastFailure;

  HedgedAttempts(Call call, CallTimeline timeline) {
    this.timeline = timeline;
    this.call = call;
    this.plan = call.plan();
    this.schedule = new HedgeSchedule(plan);
    this.timer = new HedgeTimer(plan.environment().timers());
  }

  /** Waits only while no attempt runs: attempts wait, or have streams, themselves. */
  @Override
  public @Nullable WaitingCall describeWait() {
    synchronized (this) {
      return running.isEmpty() && !over ? plan.describeWait(this, WaitCause.RETRY_BACKOFF) : null;
    }
  }

  // ---- Starting attempts

  /** Starts the first attempt; the call's state is this object already. */
  void begin() {
    UnsentCalls unsent = plan.environment().unsent();
    // The end of the channel finds the call here, also while no attempt runs.
    unsent.addWaiting(this);
    startNext();
    if (isOver()) {
      // It may have ended before it was added, when there was nothing to remove.
      unsent.removeWaiting(this);
    }
  }

  /**
   * Starts an attempt now. While one is being started, by this thread or another, it is left to
   * that thread: attempts that fail at once would otherwise start one another recursively.
   */
  private void startNext() {
    synchronized (this) {
      toStart++;
      if (starting) {
        return;
      }
      starting = true;
    }
    for (Hedge next = takeNext(); next != null; next = takeNext()) {
      next.begin();
    }
    endIfNoneIsLeft();
  }

  private synchronized @Nullable Hedge takeNext() {
    if (toStart == 0 || over || !schedule.mayStart()) {
      toStart = 0;
      starting = false;
      return null;
    }
    int previous = schedule.start();
    Hedge next = new Hedge(
        this,
        call,
        previous == 0 ? plan : plan.forRetry(previous),
        previous == 0 ? timeline.ofFirstHedge() : timeline.ofLaterHedge());
    running.add(next);
    toStart--;
    long delay = schedule.delayOfNext();
    if (delay == 0) {
      toStart++;
    } else {
      startTimer(delay);
    }
    return next;
  }

  /** With the lock. A negative delay stops the timer. */
  private void startTimer(long nanos) {
    timer.stop();
    CallDeadline deadline = plan.callDeadline();
    boolean inTime = deadline == null || deadline.remainingNanos() > nanos;
    if (nanos >= 0 && inTime) {
      if (!timer.start(nanos, this::startNext)) {
        schedule.stop();
      }
    } else if (nanos >= 0 && running.isEmpty() && deadline != null) {
      // Running attempts have timers for the deadline; their status names what was waited for.
      timer.start(deadline.remainingNanos(), this::deadlinePassed);
    }
  }

  /** An attempt was to follow, but the throttle or the end of the timers has stopped it. */
  private void endIfNoneIsLeft() {
    Status failure;
    synchronized (this) {
      boolean none = !over && running.isEmpty() && !starting && !timer.isRunning();
      failure = none ? lastFailure : null;
    }
    if (failure != null) {
      call.fail(this, failure);
    }
  }

  // ---- Ending attempts

  /**
   * Commits the call to an attempt, and cancels the others with the reason. Returns whether the
   * attempt has won, now or before.
   */
  boolean commit(Hedge hedge, Status reason) {
    List<Hedge> losers;
    synchronized (this) {
      CallAttempt attempt = hedge.attempt();
      ClientStream stream = hedge.stream();
      if (over || attempt == null || stream == null || !running.contains(hedge)) {
        return winner == hedge;
      }
      // Fails if the call was cancelled: the thread that did it abandons this object next.
      if (!call.commitTo(this, attempt, stream)) {
        return false;
      }
      // Before another thread can see the winner: its stream may have failed already.
      call.request().commitTo(stream);
      winner = hedge;
      call.useTimeline(hedge.timeline());
      losers = endAll();
      losers.remove(hedge);
    }
    leave(losers, reason, hedge.timeline());
    return true;
  }

  /** The call is about to be cancelled: commits it to its oldest attempt, if that has a stream. */
  void commitToOldest(Status reason) {
    List<Hedge> present = running();
    if (!present.isEmpty() && present.get(0).hasStream()) {
      commit(present.get(0), reason);
    }
  }

  /** The call has ended without a winner. */
  @Override
  public void abandon(Status reason) {
    List<Hedge> losers;
    synchronized (this) {
      losers = endAll();
    }
    CallTimeline used = chooseTimeline(losers);
    call.useTimeline(used);
    leave(losers, reason, used);
  }

  /** Of the attempt that has failed the call, else of the oldest, else of the wait for the next. */
  private CallTimeline chooseTimeline(List<Hedge> ended) {
    for (Hedge hedge : ended) {
      if (hedge.state().isOver()) {
        return hedge.timeline();
      }
    }
    if (!ended.isEmpty()) {
      return ended.get(0).timeline();
    }
    CallTimeline betweenAttempts = timeline.ofLaterHedge();
    betweenAttempts.changeTo(WaitCause.RETRY_BACKOFF);
    return betweenAttempts;
  }

  /** With the lock. */
  private List<Hedge> endAll() {
    over = true;
    timer.stop();
    List<Hedge> ended = new ArrayList<>(running);
    running.clear();
    return ended;
  }

  /**
   * @param used the times of the call, which go on
   */
  @SuppressWarnings("ReferenceEquality") // each attempt has its own
  private void leave(List<Hedge> losers, Status reason, CallTimeline used) {
    plan.environment().unsent().removeWaiting(this);
    // What ended the call, such as the failure of a pick, is no status of these.
    Status own = reason.getCode() == Status.Code.DEADLINE_EXCEEDED
        ? reason
        : CANCELLED.withDescription(reason.getDescription());
    for (Hedge loser : losers) {
      loser.cancel(own);
      if (loser.timeline() != used) {
        loser.timeline().end();
      }
    }
  }

  /**
   * Decides after the failure of an attempt. The caller must end the call on {@link
   * HedgeSchedule#END}, and pass any other result to {@link #proceed}.
   */
  synchronized long afterFailure(Hedge failed, Status status, long pushbackMillis) {
    if (over || !running.contains(failed)) {
      return HedgeSchedule.NONE;
    }
    long delay = schedule.afterFailure(status, pushbackMillis, running.size() > 1);
    if (delay != HedgeSchedule.END) {
      running.remove(failed);
      failed.timeline().end();
      lastFailure = status;
    }
    return delay;
  }

  /** Starts the next attempt at once or after the delay, if any is to follow. */
  void proceed(long delay) {
    if (delay == 0) {
      startNext();
      return;
    }
    synchronized (this) {
      if (!over) {
        startTimer(delay);
      }
    }
    endIfNoneIsLeft();
  }

  synchronized boolean allowsTransparentRetry(StreamProgress progress) {
    return !over && schedule.allowsTransparentRetry(progress);
  }

  private synchronized boolean isOver() {
    return over;
  }

  /**
   * The stream of an attempt has ended: the call must not be committed to it any more. Returns
   * false if it has been, and the end is the call's.
   */
  synchronized boolean detachStream(Hedge hedge) {
    if (winner == hedge) {
      return false;
    }
    hedge.setStream(null);
    return true;
  }

  synchronized boolean isWinner(Hedge hedge) {
    return winner == hedge;
  }

  private synchronized List<Hedge> running() {
    return List.copyOf(running);
  }

  /**
   * Commits the call if its request is over a limit of the buffer (A6, "Memory Management"), to an
   * attempt that has all that was written: to one that is ready for more, which has less left to
   * send, or else to the oldest. If none has all yet, the first one that has will win.
   */
  void commitIfOverLimit() {
    while (call.request().isOverLimit() && !isOver()) {
      Hedge most = mostSent();
      if (most == null || commit(most, NOT_NEEDED)) {
        return;
      }
    }
  }

  private @Nullable Hedge mostSent() {
    Hedge oldest = null;
    for (Hedge hedge : running()) {
      if (hedge.hasStream()) {
        if (hedge.isReady()) {
          return hedge;
        }
        oldest = oldest == null ? hedge : oldest;
      }
    }
    return oldest;
  }

  // ---- The call's view

  /**
   * Whether an attempt can take more: the fastest need not wait for the others, for which messages
   * are in memory in any case.
   */
  boolean isReady() {
    return running().stream().anyMatch(Hedge::isReady);
  }

  /** Each attempt has its own, which it notifies itself. */
  @Override
  public CallTracers tracers() {
    return CallTracers.NONE;
  }

  /** How many attempts have begun; transparent retries do not count. */
  synchronized int begun() {
    return schedule.begun();
  }

  synchronized Status describe(Status end) {
    return schedule.describe(end);
  }

  /** While no attempt runs. */
  private void deadlinePassed() {
    CallDeadline deadline = plan.callDeadline();
    if (deadline != null) {
      call.fail(this, deadline.exceeded("the delay before the next hedged attempt"));
    }
  }

  /** The channel has ended. */
  @Override
  public void cancel(Status reason) {
    call.cancel(reason);
  }
}
