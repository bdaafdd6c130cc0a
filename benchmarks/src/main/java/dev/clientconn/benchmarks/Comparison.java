// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.google.gson.Gson;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Runs every client on every workload, fork by fork, each in a fresh process against one server. Forks interleave the clients
 * and change who goes first, so that a slow minute of the machine hits all of them. A run that fails is a result like any
 * other, and the rest goes on.
 */
final class Comparison {

  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  private final BenchmarkPlan plan;
  private final ResultLog log;
  private final List<Result> results = new ArrayList<>();

  Comparison(BenchmarkPlan plan, ResultLog log) {
    this.plan = plan;
    this.log = log;
  }

  List<Result> run() throws Exception {
    try (ServerProcess server = new ServerProcess(plan)) {
      for (int fork = 1; fork <= plan.forks(); fork++) {
        for (PlannedRun run : plan.runs()) {
          List<String> order = new ArrayList<>(run.clients());
          Collections.rotate(order, fork - 1);
          for (String client : order) {
            keep(new Result(run.workload().word(), client, fork, outcome(run, client, server)));
          }
        }
      }
    }
    return results;
  }

  private Outcome outcome(PlannedRun run, String client, ServerProcess server)
      throws InterruptedException {
    try {
      List<String> arguments = BenchmarkClientMain.arguments(
          client, server.location(run.workload()), run.workload(), run.timing());
      try (ChildProcess process = ChildProcess.start(
          BenchmarkClientMain.class,
          run.jvmArguments(plan.jvmArguments()),
          arguments,
          plan.clientCpus())) {
        Duration limit = run.timing().longest().plus(START_LIMIT);
        return new Gson().fromJson(process.firstLine(limit), Outcome.class);
      }
    } catch (IOException | RuntimeException e) {
      return Outcome.failed(e);
    }
  }

  private void keep(Result result) throws IOException {
    results.add(result);
    log.append(result);
    System.err.printf(
        Locale.ROOT,
        "fork %d of %d, %s, %s: %s%n",
        result.fork(),
        plan.forks(),
        Workload.parse(result.workload()).label(),
        result.client(),
        text(result.outcome()));
  }

  private static String text(Outcome outcome) {
    Measurement load = outcome.measurement();
    MemoryMeasurement memory = outcome.memory();
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
