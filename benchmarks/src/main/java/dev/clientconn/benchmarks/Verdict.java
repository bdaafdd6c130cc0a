// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.util.List;
import java.util.Locale;

/** Holds one client's results against a baseline's: which targets it meets, and where it is worse. */
final class Verdict {

  /** Not memory outside the heap: Netty takes it in chunks, so a chunk more or less says little. */
  private static final List<Figure> COSTS = List.of(
      Figure.CPU_MICROS, Figure.BYTES, Figure.MEAN_MICROS, Figure.P99_MICROS, Figure.HEAP_BYTES);

  private final String subject;
  private final String baseline;
  private final Results results;

  Verdict(String subject, String baseline, Results results) {
    this.subject = subject;
    this.baseline = baseline;
    this.results = results;
  }

  /** A row for every target of a workload that was measured; empty when there is none. */
  String targets() {
    MarkdownTable table =
        new MarkdownTable(2, List.of("workload", "figure", "target", "measured", "verdict"));
    for (Workload workload : results.workloads()) {
      for (Targets.Target target : Targets.of(workload)) {
        table.add(target(workload, target));
      }
    }
    return table.empty() ? "" : table.render();
  }

  /** A row for every figure that is worse than the baseline's by more than either varies; empty when there is none. */
  String worse() {
    MarkdownTable table =
        new MarkdownTable(2, List.of("workload", "figure", subject, baseline, "ratio"));
    for (Workload workload : results.workloads()) {
      for (Figure figure : COSTS) {
        Samples own = results.samples(workload, subject, figure);
        Samples other = results.samples(workload, baseline, figure);
        if (!own.none() && !other.none() && own.above(other)) {
          table.add(List.of(
              workload.label(),
              figure.title(),
              own.withSpread(figure.format()),
              other.withSpread(figure.format()),
              own.ratioTo(other)));
        }
      }
    }
    return table.empty() ? "" : table.render();
  }

  private List<String> target(Workload workload, Targets.Target target) {
    Samples own = results.samples(workload, subject, target.figure());
    Samples other = results.samples(workload, baseline, target.figure());
    String verdict = own.none() || other.none()
        ? "not measured"
        : own.over(other) <= target.ratio() ? "met" : "MISSED";
    return List.of(
        workload.label(),
        target.figure().title(),
        String.format(Locale.ROOT, "%.2f", target.ratio()),
        own.ratioTo(other),
        verdict);
  }
}
