// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.serviceconfig;

/**
 * Holds {@code retryThrottling} (gRFC A6), in thousandths of a token: the precision that A6 gives
 * the ratio.
 *
 * @param maxThousandths capacity, 1,000 to 1,000,000; half of it is the threshold
 * @param ratioThousandths what a success adds, 1 or more
 */
public record RetryThrottling(int maxThousandths, int ratioThousandths) {}
