// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.cli;

import dev.clientconn.benchmarks.client.BenchmarkClient;
import dev.clientconn.benchmarks.process.ClientProcess;
import dev.clientconn.benchmarks.process.ServerProcess;
import dev.clientconn.benchmarks.report.Measurement;
import dev.clientconn.benchmarks.report.Result;
import dev.clientconn.benchmarks.report.Result.Memory;
import dev.clientconn.benchmarks.report.Result.Outcome;
import dev.clientconn.benchmarks.report.ResultFile;
import dev.clientconn.benchmarks.server.BenchmarkServer;
import dev.clientconn.benchmarks.workload.Timing;
import dev.clientconn.benchmarks.workload.Workload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Runs every client on every workload, fork by fork, each in a new process against one server.
 * Forks interleave the clients and change which is first, so that a slow minute of the machine
 * affects all of them. A run that fails has a result too, and the others go on.
 *
 * @param runs in the order of the table
 * @param leftOut workloads of a suite that cannot run here, and why
 * @param server the server's kind
 * @param forks processes for each client and workload
 * @param timing of runs that have none of their own
 * @param jvmArguments of clients and server
 * @param clientCpus CPU list to pin clients to, in taskset's format; empty to not pin them
 * @param serverCpus the same of the server
 */
record Comparison(
    List<PlannedRun> runs,
    List<String> leftOut,
    BenchmarkServer.Kind server,
    int forks,
    Timing timing,
    List<String> jvmArguments,
    String clientCpus,
    String serverCpus) {

  /** The time it is expected to take; a busy compiler adds to it. */
  double expectedSeconds() {
    return forks * runs.stream().mapToDouble(PlannedRun::expectedSeconds).sum();
  }

  /** Describes the settings that figures depend on. */
  String describe() {
    return String.format(
        Locale.ROOT,
        "%s server, %d forks of %s to %s s warm-up and %s s measured, JVM %s%s",
        server,
        forks,
        timing.warmUp(),
        timing.longestWarmUp(),
        timing.measured(),
        String.join(" ", jvmArguments),
        clientCpus.isEmpty() ? "" : ", clients on CPU " + clientCpus);
  }

  /** Measures, and appends each result to {@code file} as it comes. */
  List<Result> run(ResultFile file) throws Exception {
    List<Workload> workloads = runs.stream().map(PlannedRun::workload).toList();
    List<Result> results = new ArrayList<>();
    try (ServerProcess process = new ServerProcess(server, workloads, jvmArguments, serverCpus)) {
      for (int fork = 1; fork <= forks; fork++) {
        for (PlannedRun run : runs) {
          List<BenchmarkClient> order = new ArrayList<>(run.clients());
          Collections.rotate(order, fork - 1);
          for (BenchmarkClient client : order) {
            Outcome outcome = outcome(run, client, process);
            Result result = new Result(run.workload().spec(), client.toString(), fork, outcome);
            results.add(result);
            file.append(result);
            print(result, run.workload());
          }
        }
      }
    }
    return results;
  }

  private Outcome outcome(PlannedRun run, BenchmarkClient client, ServerProcess process)
      throws InterruptedException {
    try {
      return ClientProcess.run(
          client,
          process.location(run.workload()),
          run.workload(),
          run.timing(),
          run.jvmArguments(jvmArguments),
          clientCpus);
    } catch (IOException | RuntimeException e) {
      return Outcome.failed(e);
    }
  }

  private void print(Result result, Workload workload) {
    System.err.printf(
        Locale.ROOT,
        "fork %d of %d, %s, %s: %s%n",
        result.fork(),
        forks,
        workload.label(),
        result.client(),
        text(result.outcome()));
  }

  private static String text(Outcome outcome) {
    Measurement load = outcome.measurement();
    Memory memory = outcome.memory();
    if (load != null) {
      return String.format(
          Locale.ROOT,
          "%,.0f operations/s, %.2f µs CPU and %,.0f B each",
          load.operationsPerSecond(),
          load.cpuNanosPerOperation() / 1_000,
          load.bytesPerOperation());
    }
    return memory != null
        ? String.format(
            Locale.ROOT,
            "%,.0f B heap and %,.0f B direct each",
            memory.heapBytes(),
            memory.directBytes())
        : "FAILED: " + outcome.failure();
  }
}
