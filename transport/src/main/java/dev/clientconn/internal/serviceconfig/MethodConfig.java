// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.serviceconfig;

import io.grpc.CallOptions;
import io.grpc.Deadline;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Holds the service config of a method (gRFC A2) and merges it into call options; absent values
 * leave the call's own.
 *
 * @param timeoutNanos upper bound of the call's deadline, nanoseconds
 * @param waitForReady default of {@code CallOptions.isWaitForReady}
 * @param maxRequestMessageBytes upper bound of an outbound message
 * @param maxResponseMessageBytes upper bound of an inbound message; where the application has set
 *     none it replaces the default, and so can raise it
 * @param retryPolicy not together with a hedging policy
 * @param hedgingPolicy not together with a retry policy
 * @param isThrottled whether the outcome of a call counts for the channel's retry throttle: known
 *     here, so that calls of channels without one need not ask for it
 */
public record MethodConfig(
    @Nullable Long timeoutNanos,
    @Nullable Boolean waitForReady,
    @Nullable Integer maxRequestMessageBytes,
    @Nullable Integer maxResponseMessageBytes,
    @Nullable RetryPolicy retryPolicy,
    @Nullable HedgingPolicy hedgingPolicy,
    boolean isThrottled) {

  /** All absent. */
  public static final MethodConfig NONE = new MethodConfig(null, null, null, null);

  /** All absent, in a service config that throttles retries. */
  static final MethodConfig THROTTLED = new MethodConfig(null, null, null, null, null, null, true);

  /** Without a policy. */
  public MethodConfig(
      @Nullable Long timeoutNanos,
      @Nullable Boolean waitForReady,
      @Nullable Integer maxRequestMessageBytes,
      @Nullable Integer maxResponseMessageBytes) {
    this(
        timeoutNanos,
        waitForReady,
        maxRequestMessageBytes,
        maxResponseMessageBytes,
        null,
        null,
        false);
  }

  /**
   * Limits the options of a call by this config, and starts the timeout. A call's own {@code false}
   * for wait-for-ready cannot be distinguished from the default, so {@code true} here applies.
   */
  public CallOptions applyTo(CallOptions own, @Nullable Integer channelsMaxInbound) {
    CallOptions merged = own;
    if (timeoutNanos != null) {
      Deadline byConfig = Deadline.after(timeoutNanos, TimeUnit.NANOSECONDS);
      Deadline byCall = own.getDeadline();
      merged = merged.withDeadline(byCall == null ? byConfig : byCall.minimum(byConfig));
    }
    if (Boolean.TRUE.equals(waitForReady)) {
      merged = merged.withWaitForReady();
    }
    if (maxRequestMessageBytes != null) {
      Integer limit = own.getMaxOutboundMessageSize();
      merged = merged.withMaxOutboundMessageSize(
          limit == null ? maxRequestMessageBytes : Math.min(limit, maxRequestMessageBytes));
    }
    if (maxResponseMessageBytes != null) {
      Integer byCall = own.getMaxInboundMessageSize();
      Integer limit = byCall == null ? channelsMaxInbound : byCall;
      merged = merged.withMaxInboundMessageSize(
          limit == null ? maxResponseMessageBytes : Math.min(limit, maxResponseMessageBytes));
    }
    return merged;
  }
}
