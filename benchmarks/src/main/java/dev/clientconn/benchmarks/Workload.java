// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

/**
 * What one run measures.
 *
 * @param mode how calls are made
 * @param inFlight calls open at any time; the number of threads when blocking
 * @param requestBytes bytes in each request's value
 * @param response what the server answers
 */
record Workload(StubMode mode, int inFlight, int requestBytes, ResponseShape response) {

  Workload {
    if (inFlight < 1 || inFlight > 10_000) {
      throw new IllegalArgumentException("1 to 10000 calls in flight, not " + inFlight);
    }
    if (mode == StubMode.FUTURE && response.streaming()) {
      throw new IllegalArgumentException("a future stub has unary calls only");
    }
  }

  String label() {
    String calls = response.streaming()
        ? "stream of " + response.messages() + " x " + response.payloadBytes() + " B"
        : "unary " + requestBytes + "/" + response.payloadBytes() + " B";
    return calls + ", " + mode.label() + " x" + inFlight;
  }
}
