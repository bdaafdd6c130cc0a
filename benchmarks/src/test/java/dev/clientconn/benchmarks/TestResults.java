// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.util.Arrays;
import java.util.List;

/** Results with made-up figures, and how to find them in a table. */
final class TestResults {

  private TestResults() {}

  /** One operation a CPU time; all latencies are ten times that. */
  static Result load(String word, String client, double cpuMicros, double bytes) {
    double latency = 10 * cpuMicros;
    Measurement measurement = new Measurement(
        1_000,
        1,
        1e6 / cpuMicros,
        cpuMicros * 1_000,
        0,
        5,
        bytes,
        1,
        2,
        1_000,
        latency,
        latency,
        latency,
        latency);
    return new Result(word, client, 1, Outcome.of(measurement));
  }

  static Result memory(String word, String client, double heap, double direct) {
    return new Result(word, client, 1, Outcome.of(new MemoryMeasurement(10, heap, direct)));
  }

  static Result failed(String word, String client, String reason) {
    return new Result(word, client, 2, Outcome.failed(new IllegalStateException(reason)));
  }

  /** The cells of the first line whose second cell is {@code second}. */
  static List<String> cells(String table, String second) {
    return table
        .lines()
        .map(line ->
            Arrays.stream(line.substring(1).split("\\|")).map(String::trim).toList())
        .filter(cells -> cells.get(1).equals(second))
        .findFirst()
        .orElseThrow();
  }
}
