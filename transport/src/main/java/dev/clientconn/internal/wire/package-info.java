// SPDX-License-Identifier: Apache-2.0
/** Encodes and decodes gRPC's wire format: headers, statuses, timeouts, message framing. */
@NullMarked
package dev.clientconn.internal.wire;

import org.jspecify.annotations.NullMarked;
