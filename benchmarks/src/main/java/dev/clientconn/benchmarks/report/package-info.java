// SPDX-License-Identifier: Apache-2.0
/** Results: their file, their statistics, and the tables printed from them. */
@NullMarked
package dev.clientconn.benchmarks.report;

import org.jspecify.annotations.NullMarked;
