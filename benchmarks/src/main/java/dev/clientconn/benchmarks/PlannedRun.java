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
 * @param heap of the client's JVM, as {@code -Xmx} has it; empty for the command's
 */
record PlannedRun(Workload workload, Timing timing, List<String> clients, String heap) {

  private static final Set<String> OWN = Set.of("warmup", "max-warmup", "measure", "heap");

  /** Starting a JVM, connecting, ending. */
  private static final double OVERHEAD_SECONDS = 1.2;

  private static final double MEMORY_SECONDS = 5;

  /**
   * Reads a workload's word, which may also say {@code warmup}, {@code max-warmup} and {@code measure}, in seconds, and
   * {@code heap}.
   *
   * @param usual the times of words that do not say any
   */
  static PlannedRun parse(
      String word, WorkloadWord.Defaults defaults, Timing usual, List<String> clients) {
    List<String> rest = new ArrayList<>();
    List<String> own = new ArrayList<>();
    for (String part : word.split("\\+", -1)) {
      (OWN.contains(part.split("=", 2)[0]) ? own : rest).add(part);
    }
    CommandLine line = new CommandLine(own.stream().map(part -> "--" + part).toList(), OWN);
    Workload workload = WorkloadWord.parse(String.join("+", rest), defaults);
    boolean alone = workload.inFlight() == 1 && own.isEmpty();
    Timing timing = alone ? usual.patient() : usual;
    return new PlannedRun(
        workload, timing.overriddenBy(line), able(clients, workload), line.text("heap", ""));
  }

  /** The command's arguments, with this run's heap if it has one. */
  List<String> jvmArguments(List<String> usual) {
    if (heap.isEmpty()) {
      return usual;
    }
    List<String> arguments = new ArrayList<>(usual);
    arguments.removeIf(argument -> argument.startsWith("-Xms") || argument.startsWith("-Xmx"));
    arguments.add("-Xms" + heap);
    arguments.add("-Xmx" + heap);
    return arguments;
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
