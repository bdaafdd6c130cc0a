// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import io.grpc.CallOptions;
import io.grpc.Deadline;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the service config says of a method (gRFC A2); absent values leave the call's own.
 *
 * @param timeoutNanos upper bound of the call's deadline, nanoseconds
 * @param waitForReady default of {@code CallOptions.isWaitForReady}
 * @param maxRequestMessageBytes upper bound of an outbound message
 * @param maxResponseMessageBytes upper bound of an inbound message
 */
public record MethodConfig(
    @Nullable Long timeoutNanos,
    @Nullable Boolean waitForReady,
    @Nullable Integer maxRequestMessageBytes,
    @Nullable Integer maxResponseMessageBytes) {

  /** Says nothing. */
  public static final MethodConfig NONE = new MethodConfig(null, null, null, null);

  /**
   * The options of a call of this method: what the call sets itself, limited by what this sets. Starts the timeout. The
   * call's own {@code false} for wait-for-ready cannot be told from the default, so {@code true} here prevails.
   */
  CallOptions applyTo(CallOptions own, int channelsMaxInbound) {
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
      Integer limit = own.getMaxInboundMessageSize();
      merged = merged.withMaxInboundMessageSize(
          Math.min(limit == null ? channelsMaxInbound : limit, maxResponseMessageBytes));
    }
    return merged;
  }
}
