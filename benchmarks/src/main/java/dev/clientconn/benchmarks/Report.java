// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.util.stream.Collectors;

/** Everything that is said of results: their tables, what failed, which targets are met, and where ClientConn is worse. */
final class Report {

  private static final String COLD = """
      NOT WARM: in some forks the JIT compiler took over 10 % of the interval (JIT %), so slower code
      than the final one was measured. Raise --max-warmup, or wait until the machine is quiet.
      """;

  private final Results results;

  Report(Results results) {
    this.results = results;
  }

  String render() {
    ReportTable tables = new ReportTable(ClientCatalog.BASELINE, results);
    Verdict verdict = new Verdict(ClientCatalog.SUBJECT, ClientCatalog.BASELINE, results);
    StringBuilder report = new StringBuilder();
    section(report, "", tables.render());
    section(report, "Memory of idle things:", tables.renderMemory());
    section(report, "FAILED:", failures());
    section(report, "Targets, as ratios to grpc-netty:", verdict.targets());
    section(report, "Where clientconn is worse by more than the spread:", verdict.worse());
    section(report, "", results.cold() ? COLD : "");
    return report.toString();
  }

  private String failures() {
    return results.failures().stream()
        .map(failure -> "- "
            + Workload.parse(failure.workload()).label()
            + ", "
            + failure.client()
            + ", fork "
            + failure.fork()
            + ": "
            + failure.outcome().failure()
            + "\n")
        .collect(Collectors.joining());
  }

  private static void section(StringBuilder report, String title, String text) {
    if (text.isEmpty()) {
      return;
    }
    if (report.length() > 0) {
      report.append('\n');
    }
    if (!title.isEmpty()) {
      report.append(title).append("\n\n");
    }
    report.append(text);
  }
}
