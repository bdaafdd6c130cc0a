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

/** The earliest of the deadlines that hold for a call, and the words for when it has passed. Immutable. */
final class CallDeadline {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Deadline deadline;
  private final boolean fromContext;
  private final long budgetNanos;

  private CallDeadline(Deadline deadline, boolean fromContext) {
    this.deadline = deadline;
    this.fromContext = fromContext;
    this.budgetNanos = deadline.timeRemaining(TimeUnit.NANOSECONDS);
  }

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

  boolean isContexts() {
    return fromContext;
  }

  boolean hadPassedAtStart() {
    return budgetNanos <= 0;
  }

  Status startedTooLate() {
    return Status.DEADLINE_EXCEEDED.withDescription(String.format(
        Locale.ROOT,
        "ClientCall started after %s deadline was exceeded %.9f seconds ago.",
        source(),
        -budgetNanos / NANOS_PER_SECOND));
  }

  Status exceeded(String waitedFor) {
    return Status.DEADLINE_EXCEEDED.withDescription(String.format(
        Locale.ROOT,
        "%s deadline exceeded after %d.%09ds. [waited for %s]",
        source(),
        budgetNanos / 1_000_000_000,
        budgetNanos % 1_000_000_000,
        waitedFor));
  }

  /** The status of a call whose context was cancelled; a context may be cancelled by the deadline it has. */
  static Status statusOfCancelled(Context context, @Nullable CallDeadline of, String waitedFor) {
    boolean timedOut = context.cancellationCause() instanceof TimeoutException;
    return timedOut && of != null && of.isContexts()
        ? of.exceeded(waitedFor)
        : Contexts.statusFromCancelled(context);
  }

  /** A peer whose own timer fires first can only reset the stream with CANCEL: DEADLINE_EXCEEDED tells more. */
  static Status refinePeers(Status end, @Nullable CallDeadline of) {
    if (of == null || !of.isLate(end)) {
      return end;
    }
    return of.exceeded("the server's response, until the server itself gave up");
  }

  /** The same for what this side decided. */
  static Status refineLocal(Status end, @Nullable CallDeadline of) {
    if (of == null || !of.isLate(end)) {
      return end;
    }
    String said = end.getDescription();
    return Status.DEADLINE_EXCEEDED
        .withDescription("ClientCall was cancelled at or after deadline."
            + (said == null ? "" : " [" + said + "]"))
        .withCause(end.getCause());
  }

  private boolean isLate(Status end) {
    return end.getCode() == Status.Code.CANCELLED && deadline.isExpired();
  }
}
