// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.report;

import dev.clientconn.benchmarks.client.BenchmarkClient;
import dev.clientconn.benchmarks.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Prints results: a table of calls and one of memory, what failed, which goals are met, and where
 * ClientConn is worse than the baseline.
 */
public final class Report {

  private static final String SUBJECT = BenchmarkClient.SUBJECT;
  private static final String BASELINE = BenchmarkClient.BASELINE;
  private static final String COLD = """
      NOT WARM: in some forks the JIT compiler took over 10 % of the interval (JIT %), so slower
      code than the final one was measured. Raise --max-warmup, or wait for a quiet machine.
      """;

  private static final List<Metric> WITH_SPREAD =
      List.of(Metric.OPERATIONS, Metric.CPU_MICROS, Metric.BYTES);
  private static final List<Metric> PLAIN = List.of(
      Metric.MEAN_MICROS,
      Metric.P50_MICROS,
      Metric.P99_MICROS,
      Metric.P999_MICROS,
      Metric.COLLECTIONS,
      Metric.COMPILER_PERCENT);
  private static final List<Metric> RATIOS = List.of(
      Metric.OPERATIONS, Metric.CPU_MICROS, Metric.BYTES, Metric.MEAN_MICROS, Metric.P99_MICROS);
  private static final List<Metric> MEMORY = List.of(Metric.HEAP_BYTES, Metric.DIRECT_BYTES);
  /** Without memory outside the heap: Netty allocates it in chunks, so it says little. */
  private static final List<Metric> COSTS = List.of(
      Metric.CPU_MICROS, Metric.BYTES, Metric.MEAN_MICROS, Metric.P99_MICROS, Metric.HEAP_BYTES);

  private final Results results;

  public Report(List<Result> results) {
    this.results = new Results(results);
  }

  public String render() {
    return Stream.of(
            section("", calls()),
            section("Memory of idle connections and streams:", memory()),
            section("FAILED:", failures()),
            section("Goals, as ratios to " + BASELINE + ":", goals()),
            section("Where " + SUBJECT + " is worse by more than the spread:", worse()),
            section("", results.cold() ? COLD : ""))
        .filter(section -> !section.isEmpty())
        .collect(Collectors.joining("\n"));
  }

  private static String section(String title, String text) {
    return text.isEmpty() || title.isEmpty() ? text : title + "\n\n" + text;
  }

  /** A row for each workload and client: medians of the forks, their spread, and ratios. */
  String calls() {
    List<String> titles = new ArrayList<>(List.of("workload", "client"));
    WITH_SPREAD.forEach(metric -> titles.add(metric.title()));
    titles.add("MB/s");
    PLAIN.forEach(metric -> titles.add(metric.title()));
    titles.addAll(List.of("ops/s ×", "CPU ×", "B ×", "mean ×", "p99 ×"));
    MarkdownTable table = new MarkdownTable(2, titles);
    for (Workload workload : workloads(false)) {
      for (String client : results.clients(workload)) {
        List<String> row = row(workload, client, WITH_SPREAD);
        row.add(megabytes(workload, client));
        for (Metric metric : PLAIN) {
          row.add(results.samples(workload, client, metric).plain(metric.format()));
        }
        addRatios(row, workload, client, RATIOS);
        table.add(row);
      }
    }
    return table.render();
  }

  String memory() {
    MarkdownTable table = new MarkdownTable(
        2, List.of("thing", "client", "heap B each", "direct B each", "heap ×", "direct ×"));
    for (Workload workload : workloads(true)) {
      for (String client : results.clients(workload)) {
        List<String> row = row(workload, client, MEMORY);
        addRatios(row, workload, client, MEMORY);
        table.add(row);
      }
    }
    return table.render();
  }

  /** A row for each goal of a workload that was measured. */
  String goals() {
    MarkdownTable table =
        new MarkdownTable(2, List.of("workload", "figure", "goal", "measured", "verdict"));
    for (Workload workload : results.workloads()) {
      for (Goals.Goal goal : Goals.of(workload)) {
        Samples subject = results.samples(workload, SUBJECT, goal.metric());
        Samples baseline = results.samples(workload, BASELINE, goal.metric());
        String verdict = subject.none() || baseline.none()
            ? "not measured"
            : subject.over(baseline) <= goal.ratio() ? "met" : "MISSED";
        table.add(List.of(
            workload.label(),
            goal.metric().title(),
            String.format(Locale.ROOT, "%.2f", goal.ratio()),
            subject.ratioTo(baseline),
            verdict));
      }
    }
    return table.render();
  }

  /** A row for each cost that exceeds the baseline's by more than either spread. */
  String worse() {
    MarkdownTable table =
        new MarkdownTable(2, List.of("workload", "figure", SUBJECT, BASELINE, "ratio"));
    for (Workload workload : results.workloads()) {
      for (Metric metric : COSTS) {
        Samples subject = results.samples(workload, SUBJECT, metric);
        Samples baseline = results.samples(workload, BASELINE, metric);
        if (!subject.none() && !baseline.none() && subject.above(baseline)) {
          table.add(List.of(
              workload.label(),
              metric.title(),
              subject.withSpread(metric.format()),
              baseline.withSpread(metric.format()),
              subject.ratioTo(baseline)));
        }
      }
    }
    return table.render();
  }

  private String failures() {
    return results.failures().stream()
        .map(failure -> String.format(
            "- %s, %s, fork %d: %s%n",
            Workload.parse(failure.workload()).label(),
            failure.client(),
            failure.fork(),
            failure.outcome().failure()))
        .collect(Collectors.joining());
  }

  private List<Workload> workloads(boolean memory) {
    return results.workloads().stream()
        .filter(workload -> (workload.run() != Workload.Run.LOAD) == memory)
        .toList();
  }

  /** Begins a row; the first figure also says how many runs failed. */
  private List<String> row(Workload workload, String client, List<Metric> metrics) {
    List<String> row = new ArrayList<>(List.of(workload.label(), client));
    for (Metric metric : metrics) {
      row.add(results.samples(workload, client, metric).withSpread(metric.format()));
    }
    long failures = results.failures(workload, client);
    if (failures > 0) {
      String failed = "FAILED (" + failures + ")";
      row.set(2, row.get(2).equals("-") ? failed : row.get(2) + " " + failed);
    }
    return row;
  }

  private void addRatios(List<String> row, Workload workload, String client, List<Metric> metrics) {
    for (Metric metric : metrics) {
      row.add(results
          .samples(workload, client, metric)
          .ratioTo(results.samples(workload, BASELINE, metric)));
    }
  }

  /** What messages carry in both directions, without prefixes and headers. */
  private String megabytes(Workload workload, String client) {
    Samples operations = results.samples(workload, client, Metric.OPERATIONS);
    if (operations.none()) {
      return "-";
    }
    int bytes = switch (workload.kind()) {
      case UNARY, PING_PONG -> workload.requestBytes() + workload.responseBytes();
      case SERVER_STREAM -> workload.responseBytes();
      case CLIENT_STREAM -> workload.requestBytes();
    };
    return String.format(Locale.ROOT, "%,.0f", operations.median() * bytes / 1e6);
  }
}
