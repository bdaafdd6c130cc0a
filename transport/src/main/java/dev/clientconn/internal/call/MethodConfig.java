// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

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
}
