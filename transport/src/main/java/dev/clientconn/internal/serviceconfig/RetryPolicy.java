// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.serviceconfig;

import io.grpc.Status;
import java.util.Set;

/**
 * Holds a {@code retryPolicy} (gRFC A6). The channel's own limit of attempts is not applied yet.
 *
 * @param maxAttempts 2 or more, the first attempt included
 * @param initialBackoffNanos before the second attempt, above 0, nanoseconds
 * @param maxBackoffNanos upper bound of a backoff before its jitter, above 0, nanoseconds
 * @param backoffMultiplier of each backoff after the first, above 0
 * @param retryableCodes without OK, at least one
 */
public record RetryPolicy(
    int maxAttempts,
    long initialBackoffNanos,
    long maxBackoffNanos,
    double backoffMultiplier,
    Set<Status.Code> retryableCodes) {}
