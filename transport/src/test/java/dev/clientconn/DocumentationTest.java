// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Compares the figures of the README and of the performance page with their data. */
class DocumentationTest {

  private static final Path ROOT = Path.of("..");
  private static final Path README = ROOT.resolve("README.md");
  private static final Path DOCS = ROOT.resolve("docs");
  private static final Path RATIOS = ROOT.resolve(Path.of("benchmarks", "results", "ratios.tsv"));

  @Test
  void thePerformancePageShowsTheRatios() throws IOException {
    assertThat(Files.readAllLines(DOCS.resolve("performance.md")))
        .containsSubsequence(ratios().values().stream().map(Ratios::tableRow).toList());
  }

  @Test
  void readmeShowsTheRatiosOfSmallUnaryCalls() throws IOException {
    Map<String, Ratios> ratios = ratios();
    Ratios direct = get(ratios, "asynchronous, direct executor, 64, 100, 512 in flight");
    Ratios executor = get(ratios, "asynchronous, default executor, 100 in flight");
    Ratios one = get(ratios, "blocking, one at a time");
    Ratios threads = get(ratios, "blocking, 100 threads");
    List<String> heap =
        Stream.of(direct, executor, one, threads).map(Ratios::heap).sorted().toList();

    assertThat(Files.readString(README).replaceAll("\\s+", " "))
        .contains(direct.cpu().split(", ", -1)[1] + " at 100 calls in flight with callbacks")
        .contains(executor.cpu() + " on the default executor")
        .contains(threads.cpu() + " with 100 blocking threads and " + one.cpu() + " with one")
        .contains("of the heap it allocates, " + heap.get(0) + " to " + heap.get(3));
  }

  private static Ratios get(Map<String, Ratios> ratios, String workload) {
    return Objects.requireNonNull(ratios.get(workload), workload);
  }

  private static Map<String, Ratios> ratios() throws IOException {
    Map<String, Ratios> ratios = new LinkedHashMap<>();
    Files.readAllLines(RATIOS).stream()
        .filter(line -> !line.startsWith("#"))
        .skip(1)
        .map(Ratios::parse)
        .forEach(row -> ratios.put(row.workload(), row));
    return ratios;
  }

  /** One line of the file; what was not measured is empty. */
  private record Ratios(
      String workload,
      String cpu,
      String cpuAtMost,
      String heap,
      String heapAtMost,
      String latency,
      String latencyValues,
      String latencyAtMost) {

    static Ratios parse(String line) {
      String[] cells = line.split("\t", -1);
      assertThat(cells).as(line).hasSize(8);
      return new Ratios(
          cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], cells[6], cells[7]);
    }

    String tableRow() {
      List<String> cells =
          new ArrayList<>(List.of(workload, cell(cpu, cpuAtMost), cell(heap, heapAtMost)));
      String values = cell(latencyValues, latencyAtMost);
      cells.add(values.isEmpty() ? "" : latency + " " + values);
      return cells.stream()
          .map(cell -> cell.isEmpty() ? " " : " " + cell + " ")
          .collect(Collectors.joining("|", "|", "|"));
    }

    /** Gives the values and the limit, with what is over the limit in bold. */
    private static String cell(String values, String limit) {
      if (values.isEmpty()) {
        return "";
      }
      return Arrays.stream(values.split(", "))
          .map(value ->
              Double.parseDouble(value) > Double.parseDouble(limit) ? "**" + value + "**" : value)
          .collect(Collectors.joining(", ", "", " (" + limit + ")"));
    }
  }
}
