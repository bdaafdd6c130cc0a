// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A row for every workload and client: medians over the forks, half the distance between the best and the worst fork in
 * percent of the median, and how often the baseline's median goes into the client's.
 */
final class ReportTable {

  private static final List<Figure> WITH_SPREAD =
      List.of(Figure.OPERATIONS, Figure.CPU_MICROS, Figure.BYTES);

  private static final List<Figure> PLAIN = List.of(
      Figure.MEAN_MICROS,
      Figure.P50_MICROS,
      Figure.P99_MICROS,
      Figure.P999_MICROS,
      Figure.COLLECTIONS,
      Figure.COMPILER_PERCENT);

  private static final List<Figure> RATIOS = List.of(
      Figure.OPERATIONS, Figure.CPU_MICROS, Figure.BYTES, Figure.MEAN_MICROS, Figure.P99_MICROS);

  private static final List<Figure> MEMORY = List.of(Figure.HEAP_BYTES, Figure.DIRECT_BYTES);

  private final String baseline;
  private final Results results;

  ReportTable(String baseline, Results results) {
    this.baseline = baseline;
    this.results = results;
  }

  /** Of loads and set-ups; empty when there are none. */
  String render() {
    List<String> titles = new ArrayList<>(List.of("workload", "client"));
    WITH_SPREAD.forEach(figure -> titles.add(figure.title()));
    titles.add("MB/s");
    PLAIN.forEach(figure -> titles.add(figure.title()));
    Stream.of("ops/s ×", "CPU ×", "B ×", "mean ×", "p99 ×").forEach(titles::add);
    MarkdownTable table = new MarkdownTable(2, titles);
    for (Workload workload : results.workloads(false)) {
      results.clients(workload).forEach(client -> table.add(load(workload, client)));
    }
    return table.empty() ? "" : table.render();
  }

  /** Of memory runs; empty when there are none. */
  String renderMemory() {
    MarkdownTable table = new MarkdownTable(
        2, List.of("thing", "client", "heap B each", "direct B each", "heap ×", "direct ×"));
    for (Workload workload : results.workloads(true)) {
      results.clients(workload).forEach(client -> table.add(memory(workload, client)));
    }
    return table.empty() ? "" : table.render();
  }

  private List<String> load(Workload workload, String client) {
    List<String> row = start(workload, client, WITH_SPREAD);
    row.add(megabytes(workload, client));
    for (Figure figure : PLAIN) {
      row.add(results.samples(workload, client, figure).plain(figure.format()));
    }
    ratios(row, workload, client, RATIOS);
    return row;
  }

  private List<String> memory(Workload workload, String client) {
    List<String> row = start(workload, client, MEMORY);
    ratios(row, workload, client, MEMORY);
    return row;
  }

  /** A client whose every run failed says so where its first figure would be. */
  private List<String> start(Workload workload, String client, List<Figure> figures) {
    List<String> row = new ArrayList<>(List.of(workload.label(), client));
    long failures = results.failures(workload, client);
    for (Figure figure : figures) {
      Samples samples = results.samples(workload, client, figure);
      boolean says = failures > 0 && figure == figures.get(0);
      String failed = says ? "FAILED (" + failures + ")" : "";
      if (samples.none()) {
        row.add(says ? failed : "-");
      } else {
        row.add(samples.withSpread(figure.format()) + (says ? " " + failed : ""));
      }
    }
    return row;
  }

  private void ratios(List<String> row, Workload workload, String client, List<Figure> figures) {
    for (Figure figure : figures) {
      row.add(results
          .samples(workload, client, figure)
          .ratioTo(results.samples(workload, baseline, figure)));
    }
  }

  /** What messages carry in both directions, prefixes and headers left out. */
  private String megabytes(Workload workload, String client) {
    Samples operations = results.samples(workload, client, Figure.OPERATIONS);
    if (operations.none() || workload.run() == RunKind.SETUP) {
      return "-";
    }
    int bytes = switch (workload.kind()) {
      case UNARY, PING_PONG -> workload.requestBytes() + workload.responseBytes();
      case SERVER_STREAM, DUPLEX -> workload.responseBytes();
      case CLIENT_STREAM -> workload.requestBytes();
    };
    return String.format(Locale.ROOT, "%,.0f", operations.median() * bytes / 1e6);
  }
}
