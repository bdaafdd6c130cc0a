// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A workload, how long it runs, and who is measured on it.
 *
 * @param workload what is done
 * @param timing for how long, in each process
 * @param clients names of {@link ClientCatalog}, in the order of the table
 */
record PlannedRun(Workload workload, Timing timing, List<String> clients) {

  private static final Set<String> TIMES = Set.of("warmup", "max-warmup", "measure");

  /** Starting a JVM, connecting, ending. */
  private static final double OVERHEAD_SECONDS = 1.2;

  private static final double MEMORY_SECONDS = 5;

  /**
   * Reads a workload's word, which may also say {@code warmup}, {@code max-warmup} and {@code measure}, in seconds.
   *
   * @param usual the times of words that do not say any
   */
  static PlannedRun parse(
      String word, WorkloadWord.Defaults defaults, Timing usual, List<String> clients) {
    List<String> rest = new ArrayList<>();
    List<String> times = new ArrayList<>();
    for (String part : word.split("\\+", -1)) {
      (TIMES.contains(part.split("=", 2)[0]) ? times : rest).add(part);
    }
    CommandLine line = new CommandLine(times.stream().map(part -> "--" + part).toList(), TIMES);
    Workload workload = WorkloadWord.parse(String.join("+", rest), defaults);
    boolean alone = workload.inFlight() == 1 && times.isEmpty();
    Timing timing = alone ? usual.patient() : usual;
    return new PlannedRun(workload, timing.overriddenBy(line), able(clients, workload));
  }

  /** For one fork of all clients. */
  double expectedSeconds() {
    double each = workload.run().memory()
        ? MEMORY_SECONDS
        : OVERHEAD_SECONDS
            + (timing.warmUp().toMillis() + timing.longestWarmUp().toMillis()) / 2_000.0
            + timing.measured().toMillis() / 1_000.0;
    return clients.size() * each;
  }

  private static List<String> able(List<String> clients, Workload workload) {
    return clients.stream()
        .filter(client -> ClientCatalog.named(client).supports(workload))
        .toList();
  }
}
