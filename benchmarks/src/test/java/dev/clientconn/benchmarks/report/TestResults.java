// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.report;

import java.util.Arrays;
import java.util.List;

/** Creates results with chosen figures, and finds them in a table. */
final class TestResults {

  private TestResults() {}

  /** Operations take all of the time that is CPU time; every latency is ten times that. */
  static Result load(String spec, String client, double cpuMicros, double bytes) {
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
    return new Result(spec, client, 1, Result.Outcome.of(measurement));
  }

  static Result memory(String spec, String client, double heap, double direct) {
    return new Result(spec, client, 1, Result.Outcome.of(new Result.Memory(10, heap, direct)));
  }

  static Result failed(String spec, String client, String reason) {
    return new Result(spec, client, 2, Result.Outcome.failed(new IllegalStateException(reason)));
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
