// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.serviceconfig.RetryPolicy;
import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.transport.TransportListener.RepeatReason;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether and when a failed attempt is followed by another one (gRFC A6): transparently,
 * where no server has processed the call, or by the retry policy of the service config. Counts the
 * attempts, and lists how they ended.
 *
 * <p>Used by the thread that ends one attempt after another, never by two at a time, so its fields
 * are plain. Only {@link #describe} may run at the same time on the thread that cancels the call:
 * it may then miss the newest attempt.
 */
final class CallRetries {
  /** Far above what connection losses can cause: ends the loop that a defect would make. */
  static final int MAX_UNSENT = 1000;

  /** More attempts than this are counted, but not listed in the status. */
  static final int MAX_LISTED = 8;

  /** The attempt is the call's last. */
  static final long STOP = -1;

  /** A transparent retry follows at once. */
  static final long TRANSPARENT = -2;

  private static final Metadata.Key<String> PREVIOUS_ATTEMPTS =
      Metadata.Key.of("grpc-previous-rpc-attempts", Metadata.ASCII_STRING_MARSHALLER);

  private final CallEnvironment environment;
  private final @Nullable RetryPolicy policy;
  private int unsent;
  private int transparentRetries;
  /** No further retry of what a server has refused: it would follow without a backoff. */
  private boolean refused;
  /** Attempts that have begun; transparent retries do not count. */
  private int attempts = 1;
  /** Before jitter. */
  private double nextBackoffNanos;

  private long attemptBegan;
  /** Attempts that another one has followed or will follow. */
  private int failed;
  /** An immutable text, so that {@link #describe} on another thread finds a complete one. */
  private String failures = "";

  /** Why a retry was not made though the policy allows more attempts; empty if it does not. */
  private String whyNot = "";

  private CallRetries(CallEnvironment environment, @Nullable RetryPolicy policy) {
    this.environment = environment;
    this.policy = policy;
    if (policy != null) {
      nextBackoffNanos = policy.initialBackoffNanos();
      attemptBegan = environment.nanoTime().getAsLong();
    }
  }

  /** For a call that begins: {@code null} if it has neither a retry policy nor a throttle. */
  static @Nullable CallRetries of(CallPlan plan) {
    RetryPolicy policy = plan.retryPolicy();
    return policy != null || plan.isThrottled()
        ? new CallRetries(plan.environment(), policy)
        : null;
  }

  /** For a call without a policy, after its first failure. */
  static CallRetries transparentOnly(CallPlan plan) {
    return new CallRetries(plan.environment(), null);
  }

  /**
   * Decides after an attempt's stream has failed.
   *
   * @param trailers of a response without headers: a call with headers is committed, and not asked
   *     about
   * @return nanoseconds to wait before the next attempt, {@link #TRANSPARENT} or {@link #STOP}
   */
  long afterStream(Status status, StreamProgress progress, Metadata trailers) {
    switch (progress) {
      case NOT_SENT -> {
        return ++unsent <= MAX_UNSENT ? transparent() : STOP;
      }
      case REFUSED -> {
        if (!refused) {
          refused = true;
          return transparent();
        }
      }
      case PROCESSED -> refused = true;
    }
    return byPolicy(status, RetryPushback.of(trailers));
  }

  private long transparent() {
    transparentRetries++;
    environment.listener().attemptRepeated(RepeatReason.TRANSPARENT_RETRY);
    return TRANSPARENT;
  }

  /** The same for an attempt that got no transport or no credentials. */
  long afterFailedPick(Status status) {
    return byPolicy(status, RetryPushback.NONE);
  }

  private long byPolicy(Status status, long pushbackMillis) {
    if (policy == null) {
      return STOP;
    }
    boolean retryable = policy.retryableCodes().contains(status.getCode());
    RetryThrottle throttle = environment.retryThrottle().get();
    // Before the attempts are compared: the last failure of a call counts like the others (A6).
    boolean counts = retryable || pushbackMillis == RetryPushback.REFUSED;
    boolean throttled = counts && throttle != null && throttle.onFailure();
    if (attempts >= maxAttempts()) {
      whyNot = "";
    } else if (pushbackMillis == RetryPushback.REFUSED) {
      whyNot = "; the server asked for no other";
    } else if (!retryable) {
      // Also with a pushback that allows a retry, as in grpc-go: the codes are the owner's decision
      // of what is safe to repeat.
      whyNot = "; this status is not retryable";
    } else if (throttled) {
      whyNot = "; retries are throttled";
    } else {
      addFailure(status);
      return pushbackMillis == RetryPushback.NONE ? backoff(policy) : pushback(pushbackMillis);
    }
    return STOP;
  }

  private int maxAttempts() {
    int allowed = environment.retries().maxRetryAttempts();
    return policy == null ? 1 : Math.min(policy.maxAttempts(), allowed);
  }

  private long backoff(RetryPolicy by) {
    double backoff = Math.min(nextBackoffNanos, (double) by.maxBackoffNanos());
    nextBackoffNanos = backoff * by.backoffMultiplier();
    // A6: plus or minus a fifth, so that the clients of a server that fails do not return together.
    return (long) (backoff * (0.8 + 0.4 * environment.random().getAsDouble()));
  }

  private long pushback(long millis) {
    nextBackoffNanos = Objects.requireNonNull(policy).initialBackoffNanos();
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private void addFailure(Status status) {
    if (failed < MAX_LISTED) {
      failures += (failed == 0 ? "" : ", ") + entry(status);
    }
    failed++;
  }

  private String entry(Status status) {
    long nanos = environment.nanoTime().getAsLong() - attemptBegan;
    return status.getCode() + " after " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms";
  }

  /** The next attempt begins, after its backoff. */
  void nextAttempt() {
    environment.listener().attemptRepeated(RepeatReason.RETRY);
    attempts++;
    attemptBegan = environment.nanoTime().getAsLong();
  }

  /** Attempts before the current one. */
  int previousAttempts() {
    return attempts - 1;
  }

  /** Attempts that have begun, transparent retries included. */
  int begun() {
    return attempts + transparentRetries;
  }

  /** The call has ended with OK. */
  void succeeded() {
    RetryThrottle throttle = environment.retryThrottle().get();
    if (throttle != null) {
      throttle.onSuccess();
    }
  }

  /** The server responds: the current attempt is the call's last, whatever becomes of it. */
  void onHeaders(Metadata headers) {
    whyNot = "; the server had begun to respond";
    addPreviousAttempts(headers, attempts - 1);
  }

  /** A6 allows it, grpc-java does it: the application learns that the call was sent repeatedly. */
  static void addPreviousAttempts(Metadata responseHeaders, int previous) {
    if (previous > 0) {
      responseHeaders.discardAll(PREVIOUS_ATTEMPTS);
      responseHeaders.put(PREVIOUS_ATTEMPTS, Integer.toString(previous));
    }
  }

  /** The attempt that has failed is the call's last: not all of the request is held any more. */
  void requestReleased() {
    if (whyNot.isEmpty()) {
      whyNot = "; the request was over the limit of what is retained for retries";
    }
  }

  /** Adds what became of the attempts to the status that ends the call, if it was retried. */
  Status describe(Status end) {
    if (failed == 0 || end.isOk()) {
      return end;
    }
    StringBuilder text = new StringBuilder()
        .append('[')
        .append(attempts)
        .append(" of ")
        .append(maxAttempts())
        .append(" attempts: ")
        .append(failures);
    if (failed > MAX_LISTED) {
      text.append(", ").append(failed - MAX_LISTED).append(" more");
    }
    if (attempts > failed) {
      text.append(", ").append(entry(end)).append(whyNot);
    }
    text.append(']');
    String description = end.getDescription();
    return end.withDescription(description == null ? text.toString() : description + " " + text);
  }
}
