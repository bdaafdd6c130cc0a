// SPDX-License-Identifier: Apache-2.0
/** The clients that are compared, and the channels or connections they open. */
@NullMarked
package dev.clientconn.benchmarks.client;

import org.jspecify.annotations.NullMarked;
