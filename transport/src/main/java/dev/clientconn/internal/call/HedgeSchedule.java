// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.serviceconfig.HedgingPolicy;
import dev.clientconn.internal.transport.StreamProgress;
import io.grpc.Status;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a hedged call starts its next attempt, and which failure ends it (gRFC A6, "Summary
 * of Retry and Hedging Logic"). Starts nothing itself, and is used only within the lock of {@link
 * HedgedAttempts}.
 */
final class HedgeSchedule {
  /** No further attempt follows; the call waits for those that run. */
  static final long NONE = -1;

  /** The failure ends the call. */
  static final long END = -2;

  private final HedgingPolicy policy;
  private final int maxAttempts;
  private final @Nullable RetryThrottle throttle;
  private int started;
  /** By the server, the throttle or the end of the channel's timers. */
  private boolean stopped;

  private int unsent;
  private boolean refused;
  private int failed;
  private String failures = "";

  /** For a call with a hedging policy. */
  HedgeSchedule(CallPlan plan) {
    this.policy = Objects.requireNonNull(plan.hedgingPolicy());
    this.maxAttempts = plan.maxHedgedAttempts();
    this.throttle = plan.environment().retryThrottle().get();
  }

  /**
   * Whether another attempt may start now. The throttle is asked at this time and never waited for:
   * A6 cancels the attempt that it stops, and so all that would follow.
   */
  boolean mayStart() {
    if (started > 0 && throttle != null && throttle.isThrottled()) {
      stopped = true;
    }
    return hasNext();
  }

  private boolean hasNext() {
    return !stopped && started < maxAttempts;
  }

  /** Counts an attempt that starts. Returns how many have started before. */
  int start() {
    return started++;
  }

  int begun() {
    return started;
  }

  /** Nanoseconds from the start of one attempt to the next, or {@link #NONE}. */
  long delayOfNext() {
    return hasNext() ? policy.hedgingDelayNanos() : NONE;
  }

  /** No further attempt may start. */
  void stop() {
    stopped = true;
  }

  /**
   * Whether a failed attempt is replaced by one that counts as the same (A6, "Transparent
   * Retries"). A server that refused once is not asked again without a delay.
   */
  boolean allowsTransparentRetry(StreamProgress progress) {
    return switch (progress) {
      case NOT_SENT -> ++unsent <= CallRetries.MAX_UNSENT;
      case REFUSED -> {
        boolean first = !refused;
        refused = true;
        yield first;
      }
      case PROCESSED -> {
        refused = true;
        yield false;
      }
    };
  }

  /**
   * Decides after a failure of an attempt.
   *
   * @param pushbackMillis as {@link RetryPushback} reads it
   * @param othersRun whether other attempts are under way
   * @return nanoseconds until the next attempt, {@link #NONE} or {@link #END}
   */
  long afterFailure(Status status, long pushbackMillis, boolean othersRun) {
    boolean fatal = !policy.nonFatalCodes().contains(status.getCode());
    boolean pushedBack = pushbackMillis == RetryPushback.REFUSED;
    // A6: a fatal status counts only if the server asks for no further attempt.
    boolean throttled = (!fatal || pushedBack) && throttle != null && throttle.onFailure();
    if (fatal) {
      return END;
    }
    if (pushedBack || throttled) {
      stopped = true;
    }
    if (!hasNext()) {
      if (!othersRun) {
        return END;
      }
      addFailure(status);
      return NONE;
    }
    addFailure(status);
    return pushbackMillis == RetryPushback.NONE ? 0 : TimeUnit.MILLISECONDS.toNanos(pushbackMillis);
  }

  private void addFailure(Status status) {
    if (failed < CallRetries.MAX_LISTED) {
      failures += (failed == 0 ? "" : ", ") + status.getCode();
    }
    failed++;
  }

  /** Adds to the status that ends the call how the other attempts ended. */
  Status describe(Status end) {
    if (end.isOk() || started <= 1) {
      return end;
    }
    String text = "[hedged: " + started + " of " + maxAttempts + " attempts"
        + (failed == 0 ? "" : "; others ended with " + failures) + "]";
    String description = end.getDescription();
    return end.withDescription(description == null ? text : description + " " + text);
  }
}
