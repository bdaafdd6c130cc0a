// SPDX-License-Identifier: Apache-2.0
/**
 * Records the standard metrics of connections (gRFCs A79, A80, A94, A118) in the metric sinks of a
 * channel. Without sinks nothing of this package is loaded.
 */
@NullMarked
package dev.clientconn.internal.telemetry;

import org.jspecify.annotations.NullMarked;
