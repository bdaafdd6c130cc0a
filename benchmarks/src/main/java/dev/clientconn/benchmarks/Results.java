// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All results by workload and client, in the order in which they first came. */
final class Results {

  private final Map<Workload, Map<String, List<Outcome>>> outcomes = new LinkedHashMap<>();
  private final List<Result> failures;

  Results(List<Result> results) {
    for (Result result : results) {
      outcomes
          .computeIfAbsent(Workload.parse(result.workload()), workload -> new LinkedHashMap<>())
          .computeIfAbsent(result.client(), client -> new ArrayList<>())
          .add(result.outcome());
    }
    failures = results.stream().filter(Result::failed).toList();
  }

  /** Either those of memory runs, or all others. */
  List<Workload> workloads(boolean memory) {
    return outcomes.keySet().stream()
        .filter(workload -> workload.run().memory() == memory)
        .toList();
  }

  Set<Workload> workloads() {
    return outcomes.keySet();
  }

  Set<String> clients(Workload workload) {
    return outcomes.getOrDefault(workload, Map.of()).keySet();
  }

  Samples samples(Workload workload, String client, Figure figure) {
    return figure.in(outcomes.getOrDefault(workload, Map.of()).getOrDefault(client, List.of()));
  }

  /** How many of a client's runs of a workload failed. */
  long failures(Workload workload, String client) {
    return outcomes.getOrDefault(workload, Map.of()).getOrDefault(client, List.of()).stream()
        .filter(outcome -> outcome.failure() != null)
        .count();
  }

  List<Result> failures() {
    return failures;
  }

  boolean cold() {
    return outcomes.values().stream()
        .flatMap(clients -> clients.values().stream())
        .flatMap(List::stream)
        .map(Outcome::measurement)
        .anyMatch(load -> load != null && load.compilerShare() > 0.1);
  }
}
