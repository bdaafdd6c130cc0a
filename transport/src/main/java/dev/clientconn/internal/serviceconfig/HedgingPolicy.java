// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.serviceconfig;

import io.grpc.Status;
import java.util.Set;

/**
 * Holds a {@code hedgingPolicy} (gRFC A6). The channel's own limit of attempts is not applied yet.
 *
 * @param maxAttempts 2 or more, the first attempt included
 * @param hedgingDelayNanos between two attempts, nanoseconds; 0 for all at once, the default
 * @param nonFatalCodes statuses after which the next attempt starts at once; without OK
 */
public record HedgingPolicy(
    int maxAttempts, long hedgingDelayNanos, Set<Status.Code> nonFatalCodes) {}
