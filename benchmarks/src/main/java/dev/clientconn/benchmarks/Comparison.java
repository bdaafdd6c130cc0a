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
 * and change who goes first, so that a slow minute of the machine hits all of them.
 */
final class Comparison {

  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  private final BenchmarkPlan plan;
  private final List<Result> results = new ArrayList<>();

  Comparison(BenchmarkPlan plan) {
    this.plan = plan;
  }

  List<Result> run() throws IOException, InterruptedException {
    ResponseShape shape = plan.workloads().get(0).response();
    try (ChildProcess server = ChildProcess.start(
        BenchmarkServerMain.class,
        plan.jvmArguments(),
        BenchmarkServerMain.arguments(plan.server(), shape),
        plan.serverCpus())) {
      int port = Integer.parseInt(server.firstLine(START_LIMIT));
      for (int fork = 1; fork <= plan.forks(); fork++) {
        List<String> order = new ArrayList<>(plan.clients());
        Collections.rotate(order, fork - 1);
        for (Workload workload : plan.workloads()) {
          for (String client : order) {
            if (ClientCatalog.named(client).supports(workload)) {
              run(fork, workload, client, port);
            }
          }
        }
      }
    }
    return inPlanOrder();
  }

  private void run(int fork, Workload workload, String client, int port)
      throws IOException, InterruptedException {
    List<String> arguments = BenchmarkClientMain.arguments(client, port, workload, plan.timing());
    try (ChildProcess process = ChildProcess.start(
        BenchmarkClientMain.class, plan.jvmArguments(), arguments, plan.clientCpus())) {
      Duration limit = plan.timing().longest().plus(START_LIMIT);
      Measurement measurement = new Gson().fromJson(process.firstLine(limit), Measurement.class);
      results.add(new Result(workload.label(), client, fork, measurement));
      System.err.printf(
          Locale.ROOT,
          "fork %d of %d, %s, %s: %,.0f calls/s, %.2f µs CPU and %,.0f B a call%n",
          fork,
          plan.forks(),
          workload.label(),
          client,
          measurement.operationsPerSecond(),
          measurement.cpuNanosPerOperation() / 1_000,
          measurement.bytesPerOperation());
    }
  }

  private List<Result> inPlanOrder() {
    List<Result> ordered = new ArrayList<>();
    for (Workload workload : plan.workloads()) {
      for (String client : plan.clients()) {
        results.stream()
            .filter(r -> r.workload().equals(workload.label()) && r.client().equals(client))
            .forEach(ordered::add);
      }
    }
    return ordered;
  }
}
