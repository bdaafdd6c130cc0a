// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.report;

import dev.clientconn.benchmarks.workload.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Indexes results by workload and client, in the order in which they first came. */
final class Results {

  private final Map<Workload, Map<String, List<Result>>> results = new LinkedHashMap<>();
  private final List<Result> all;

  Results(List<Result> all) {
    this.all = all;
    for (Result result : all) {
      results
          .computeIfAbsent(Workload.parse(result.workload()), workload -> new LinkedHashMap<>())
          .computeIfAbsent(result.client(), client -> new ArrayList<>())
          .add(result);
    }
  }

  Set<Workload> workloads() {
    return results.keySet();
  }

  Set<String> clients(Workload workload) {
    return results.getOrDefault(workload, Map.of()).keySet();
  }

  Samples samples(Workload workload, String client, Metric metric) {
    return metric.in(of(workload, client));
  }

  /** How many of a client's runs of a workload failed. */
  long failures(Workload workload, String client) {
    return of(workload, client).stream().filter(Result::failed).count();
  }

  List<Result> failures() {
    return all.stream().filter(Result::failed).toList();
  }

  /** Whether a client was not warm in any run. */
  boolean cold() {
    return all.stream()
        .map(result -> result.outcome().measurement())
        .anyMatch(load -> load != null && load.cold());
  }

  private List<Result> of(Workload workload, String client) {
    return results.getOrDefault(workload, Map.of()).getOrDefault(client, List.of());
  }
}
