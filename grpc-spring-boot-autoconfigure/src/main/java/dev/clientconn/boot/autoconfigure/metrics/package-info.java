// SPDX-License-Identifier: Apache-2.0
/** Micrometer meters of the transport. */
@NullMarked
package dev.clientconn.boot.autoconfigure.metrics;

import org.jspecify.annotations.NullMarked;
