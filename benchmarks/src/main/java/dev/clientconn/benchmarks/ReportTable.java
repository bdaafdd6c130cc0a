// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * All results as one Markdown table that is readable as plain text: medians over the forks, half the distance between the
 * best and the worst fork in percent of the median, and how often the baseline's median goes into the client's.
 */
final class ReportTable {

  private static final List<String> TITLES = List.of(
      "workload",
      "client",
      "calls/s",
      "±%",
      "CPU µs/call",
      "±%",
      "B/call",
      "p50 µs",
      "p99 µs",
      "p99.9 µs",
      "GC ms/s",
      "JIT %",
      "calls/s ratio",
      "CPU ratio",
      "B ratio");

  private final String baseline;
  private final Map<String, Map<String, List<Measurement>>> byWorkload = new LinkedHashMap<>();

  ReportTable(String baseline, List<Result> results) {
    this.baseline = baseline;
    for (Result result : results) {
      byWorkload
          .computeIfAbsent(result.workload(), workload -> new LinkedHashMap<>())
          .computeIfAbsent(result.client(), client -> new ArrayList<>())
          .add(result.measurement());
    }
  }

  String render() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(TITLES);
    byWorkload.forEach((workload, clients) -> clients.forEach(
        (client, forks) -> rows.add(row(workload, client, forks, clients.get(baseline)))));
    int[] widths = widths(rows);
    StringBuilder table = new StringBuilder();
    for (List<String> row : rows) {
      line(table, row, widths);
      if (row == TITLES) {
        rule(table, widths);
      }
    }
    return table.toString();
  }

  private static List<String> row(
      String workload,
      String client,
      List<Measurement> forks,
      @Nullable List<Measurement> baseline) {
    return List.of(
        workload,
        client,
        number("%,.0f", median(forks, Measurement::operationsPerSecond)),
        spread(forks, Measurement::operationsPerSecond),
        number("%.2f", median(forks, Measurement::cpuNanosPerOperation) / 1_000),
        spread(forks, Measurement::cpuNanosPerOperation),
        number("%,.0f", median(forks, Measurement::bytesPerOperation)),
        number("%,.0f", median(forks, Measurement::p50Micros)),
        number("%,.0f", median(forks, Measurement::p99Micros)),
        number("%,.0f", median(forks, Measurement::p999Micros)),
        number("%.1f", median(forks, run -> run.gcMillis() / run.seconds())),
        number("%.0f", 100 * median(forks, Measurement::compilerShare)),
        ratio(forks, baseline, Measurement::operationsPerSecond),
        ratio(forks, baseline, Measurement::cpuNanosPerOperation),
        ratio(forks, baseline, Measurement::bytesPerOperation));
  }

  static double median(List<Measurement> forks, ToDoubleFunction<Measurement> value) {
    double[] sorted = forks.stream().mapToDouble(value).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static String spread(List<Measurement> forks, ToDoubleFunction<Measurement> value) {
    if (forks.size() < 2) {
      return "-";
    }
    double low = forks.stream().mapToDouble(value).min().orElseThrow();
    double high = forks.stream().mapToDouble(value).max().orElseThrow();
    return number("%.0f", 100 * (high - low) / 2 / median(forks, value));
  }

  private static String ratio(
      List<Measurement> forks,
      @Nullable List<Measurement> baseline,
      ToDoubleFunction<Measurement> value) {
    return baseline == null ? "-" : number("%.2f", median(forks, value) / median(baseline, value));
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  private static int[] widths(List<List<String>> rows) {
    int[] widths = new int[TITLES.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return widths;
  }

  private static void line(StringBuilder table, List<String> row, int[] widths) {
    for (int i = 0; i < widths.length; i++) {
      String padding = " ".repeat(widths[i] - row.get(i).length());
      table.append("| ");
      table.append(leftAligned(i) ? row.get(i) + padding : padding + row.get(i)).append(' ');
    }
    table.append("|\n");
  }

  private static void rule(StringBuilder table, int[] widths) {
    for (int i = 0; i < widths.length; i++) {
      String dashes = "-".repeat(widths[i] + 1);
      table.append('|').append(leftAligned(i) ? dashes + "-" : dashes + ":");
    }
    table.append("|\n");
  }

  private static boolean leftAligned(int column) {
    return column < 2;
  }
}
