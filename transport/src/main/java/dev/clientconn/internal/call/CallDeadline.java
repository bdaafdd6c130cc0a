// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.Status;
import java.util.Locale;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Holds the earlier of a call's own deadline and its context's, and describes how it was exceeded.
 * Immutable. Descriptions name the source of the deadline, the time the call had and what it waited
 * for: this is what a user sees of a timeout.
 */
final class CallDeadline {
  private static final double NANOS_PER_SECOND = 1e9;
  /** Begins the description of a call that was cancelled when its deadline had passed. */
  static final String LATE = "ClientCall was cancelled at or after deadline.";

  private final Deadline deadline;
  private final boolean fromContext;
  /** Time from the start of the call to the deadline; negative if that had passed. */
  private final long budgetNanos;

  private CallDeadline(Deadline deadline, boolean fromContext) {
    this.deadline = deadline;
    this.fromContext = fromContext;
    this.budgetNanos = deadline.timeRemaining(TimeUnit.NANOSECONDS);
  }

  /** Returns {@code null} if neither has a deadline. */
  static @Nullable CallDeadline of(CallOptions options, Context context) {
    Deadline own = options.getDeadline();
    Deadline inherited = context.getDeadline();
    if (inherited != null && (own == null || inherited.isBefore(own))) {
      return new CallDeadline(inherited, true);
    }
    return own == null ? null : new CallDeadline(own, false);
  }

  private String source() {
    return fromContext ? "Context" : "CallOptions";
  }

  Deadline deadline() {
    return deadline;
  }

  /** Nanoseconds until it passes; not positive afterwards. */
  long remainingNanos() {
    return deadline.timeRemaining(TimeUnit.NANOSECONDS);
  }

  /**
   * Runs the task when the deadline passes.
   *
   * @throws java.util.concurrent.RejectedExecutionException if the timers are shut down
   */
  Future<?> schedule(ScheduledExecutorService timers, Runnable task) {
    return timers.schedule(task, remainingNanos(), TimeUnit.NANOSECONDS);
  }

  /** Nanoseconds since the call was started. */
  long elapsedNanos() {
    return Math.max(0, budgetNanos - remainingNanos());
  }

  boolean isFromContext() {
    return fromContext;
  }

  boolean expiredBeforeStart() {
    return budgetNanos <= 0;
  }

  Status startedAfterExpiry() {
    return Status.DEADLINE_EXCEEDED.withDescription(String.format(
        Locale.ROOT,
        "ClientCall started after %s deadline was exceeded %.9f seconds ago.",
        source(),
        -budgetNanos / NANOS_PER_SECOND));
  }

  /**
   * The end of a call whose deadline has passed.
   *
   * @param waitedFor continues "waited for", such as {@code "the server's response"}
   */
  Status exceeded(String waitedFor) {
    return Status.DEADLINE_EXCEEDED.withDescription(String.format(
        Locale.ROOT,
        "%s deadline exceeded after %d.%09ds. [waited for %s]",
        source(),
        budgetNanos / 1_000_000_000,
        budgetNanos % 1_000_000_000,
        waitedFor));
  }

  /** The end of a call whose context was cancelled, which its own deadline may have done. */
  static Status statusOfCancelled(Context context, @Nullable CallDeadline of, String waitedFor) {
    boolean timedOut = context.cancellationCause() instanceof TimeoutException;
    return timedOut && of != null && of.isFromContext()
        ? of.exceeded(waitedFor)
        : Contexts.statusFromCancelled(context);
  }

  /**
   * Returns DEADLINE_EXCEEDED in place of CANCELLED if the deadline has passed: a peer whose timer
   * fires first can only reset the stream with CANCEL (gRPC over HTTP/2, "Errors").
   */
  static Status refinePeers(Status end, @Nullable CallDeadline of) {
    if (of == null || !of.isLate(end)) {
      return end;
    }
    return of.exceeded("the server's response, until the server itself gave up");
  }

  /** The same for a status that this side has chosen; keeps its description and cause. */
  static Status refineLocal(Status end, @Nullable CallDeadline of) {
    if (of == null || !of.isLate(end)) {
      return end;
    }
    String description = end.getDescription();
    return Status.DEADLINE_EXCEEDED
        .withDescription(LATE + (description == null ? "" : " [" + description + "]"))
        .withCause(end.getCause());
  }

  private boolean isLate(Status end) {
    return end.getCode() == Status.Code.CANCELLED && deadline.isExpired();
  }
}
