// SPDX-License-Identifier: Apache-2.0
/** The servers that the clients call. */
@NullMarked
package dev.clientconn.benchmarks.server;

import org.jspecify.annotations.NullMarked;
