// SPDX-License-Identifier: Apache-2.0
/** gRPC's wire format: headers, statuses, timeouts, message framing. */
@NullMarked
package dev.clientconn.internal.wire;

import org.jspecify.annotations.NullMarked;
