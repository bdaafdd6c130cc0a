// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

/**
 * One outcome and what it is of.
 *
 * @param workload its word, see {@link Workload#word()}
 * @param client its name
 * @param fork counted from 1
 * @param outcome what came of it
 */
record Result(String workload, String client, int fork, Outcome outcome) {

  boolean failed() {
    return outcome.failure() != null;
  }
}
