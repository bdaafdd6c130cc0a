// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.cli;

import dev.clientconn.benchmarks.client.BenchmarkClient;
import dev.clientconn.benchmarks.workload.Timing;
import dev.clientconn.benchmarks.workload.Workload;
import dev.clientconn.benchmarks.workload.WorkloadParser;
import java.util.ArrayList;
import java.util.List;

/**
 * A workload, how long it runs, and the clients that are measured on it.
 *
 * @param workload what is measured
 * @param timing how long, in each process
 * @param clients in the order of the table
 * @param heap heap of the client's JVM as {@code -Xmx} has it; empty for the command's
 */
record PlannedRun(Workload workload, Timing timing, List<BenchmarkClient> clients, String heap) {

  /** Time to start a JVM, connect, and stop. */
  private static final double OVERHEAD_SECONDS = 1.2;

  private static final double MEMORY_SECONDS = 5;

  /** Plans a run with the command's timing and those of the clients that can do it. */
  static PlannedRun of(WorkloadParser.Parsed parsed, Timing usual, List<BenchmarkClient> clients) {
    Workload workload = parsed.workload();
    boolean patient =
        workload.inFlight() == 1 && parsed.times().empty() && parsed.heap().isEmpty();
    return new PlannedRun(
        workload,
        (patient ? usual.patient() : usual).overriddenBy(parsed.times()),
        clients.stream().filter(client -> client.supports(workload)).toList(),
        parsed.heap());
  }

  /** The command's JVM arguments, with this run's heap if it has one. */
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

  /** The time that one fork of all clients is expected to take. */
  double expectedSeconds() {
    double each = workload.run() == Workload.Run.LOAD
        ? OVERHEAD_SECONDS + (timing.warmUp() + timing.longestWarmUp()) / 2 + timing.measured()
        : MEMORY_SECONDS;
    return clients.size() * each;
  }
}
