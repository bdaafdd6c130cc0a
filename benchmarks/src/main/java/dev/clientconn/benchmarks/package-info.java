// SPDX-License-Identifier: Apache-2.0
/** One command that runs every client against the same server, each in a process of its own. */
@NullMarked
package dev.clientconn.benchmarks;

import org.jspecify.annotations.NullMarked;
