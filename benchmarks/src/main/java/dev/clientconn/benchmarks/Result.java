// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

/** One measurement and what it is of. */
record Result(String workload, String client, int fork, Measurement measurement) {}
