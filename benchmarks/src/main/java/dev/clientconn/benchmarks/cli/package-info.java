// SPDX-License-Identifier: Apache-2.0
/** The command line: compares clients, or their first calls, and prints the tables. */
@NullMarked
package dev.clientconn.benchmarks.cli;

import org.jspecify.annotations.NullMarked;
