// SPDX-License-Identifier: Apache-2.0
/** Publishes meters of the transport with Micrometer. */
@NullMarked
package dev.clientconn.boot.autoconfigure.metrics;

import org.jspecify.annotations.NullMarked;
