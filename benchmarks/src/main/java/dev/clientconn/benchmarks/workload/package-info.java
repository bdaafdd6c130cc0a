// SPDX-License-Identifier: Apache-2.0
/** What a run measures: the call, its messages, how long, and the lists of workloads. */
@NullMarked
package dev.clientconn.benchmarks.workload;

import org.jspecify.annotations.NullMarked;
