// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTableTest {

  private static final String WORD = "async-direct:100";

  @Test
  void ratiosDivideTheMediansByTheBaselines() {
    List<Result> results = new ArrayList<>();
    for (double micros : new double[] {9, 10, 50}) {
      results.add(TestResults.load(WORD, "grpc-netty", micros, 8_000));
    }
    for (double micros : new double[] {2, 1, 2.5}) {
      results.add(TestResults.load(WORD, "clientconn", micros, 2_000));
    }

    List<String> row = row(results, "clientconn");

    assertThat(row.get(2)).startsWith("500,000 ");
    assertThat(row.get(3)).startsWith("2.00 ");
    assertThat(row.subList(12, 17)).containsExactly("5.00", "0.20", "0.25", "0.20", "0.20");
  }

  @Test
  void spreadIsHalfTheRangeInPercentOfTheMedian() {
    List<Result> results = new ArrayList<>();
    for (double micros : new double[] {9, 10, 13}) {
      results.add(TestResults.load(WORD, "grpc-netty", micros, 1));
    }

    assertThat(row(results, "grpc-netty").get(3)).isEqualTo("10.00 ±20%");
  }

  @Test
  void oneForkHasNoSpreadAndAWorkloadWithoutBaselineNoRatio() {
    List<String> row = row(List.of(TestResults.load(WORD, "floor", 1, 100)), "floor");

    assertThat(row.get(3)).isEqualTo("1.00");
    assertThat(row.subList(12, 17)).containsOnly("-");
  }

  @Test
  void megabytesAreThoseOfBothDirectionsOfAUnaryCallAndOfOneOfAStream() {
    String word = "+request=1000+response=3000";

    assertThat(row(List.of(TestResults.load("async:1" + word, "floor", 1, 1)), "floor")
            .get(5))
        .isEqualTo("4,000");
    assertThat(row(
                List.of(TestResults.load("async:1+kind=client-stream" + word, "floor", 1, 1)),
                "floor")
            .get(5))
        .isEqualTo("1,000");
  }

  @Test
  void aRunThatFailedLeavesTheOthersFigures() {
    List<Result> results = List.of(
        TestResults.load(WORD, "grpc-netty", 10, 1),
        TestResults.failed(WORD, "grpc-netty", "it broke"),
        TestResults.failed(WORD, "clientconn", "it broke"));

    assertThat(row(results, "grpc-netty").get(2)).isEqualTo("100,000 FAILED (1)");
    assertThat(row(results, "clientconn").subList(2, 17))
        .startsWith("FAILED (1)")
        .endsWith("-", "-", "-", "-", "-");
  }

  @Test
  void latenciesThatWereNotTakenAreNotZero() {
    Measurement none = new Measurement(1, 1, 1, 1, 0, 5, 1, 0, 0, 0, 0, 0, 0, 0);
    Result duplex = new Result("async:1+kind=duplex", "grpc-netty", 1, Outcome.of(none));

    assertThat(row(List.of(duplex), "grpc-netty").subList(6, 10)).containsOnly("-");
  }

  @Test
  void memoryHasATableOfItsOwn() {
    Results results = new Results(List.of(
        TestResults.memory("async-direct:10+run=stream-memory", "grpc-netty", 2_000, 50),
        TestResults.memory("async-direct:10+run=stream-memory", "clientconn", 500, 0)));
    ReportTable table = new ReportTable("grpc-netty", results);

    assertThat(table.render()).isEmpty();
    assertThat(TestResults.cells(table.renderMemory(), "clientconn"))
        .containsExactly("open idle stream, of 10", "clientconn", "500", "0", "0.25", "0.00");
  }

  @Test
  void everyLineIsAsWideAsTheOthers() {
    String table = new ReportTable(
            "grpc-netty",
            new Results(List.of(
                TestResults.load(WORD, "grpc-netty", 123.456, 1e6),
                TestResults.load(WORD, "floor", 0.5, 1))))
        .render();

    assertThat(table.lines().map(String::length).distinct()).hasSize(1);
    assertThat(table.lines()).hasSize(4);
  }

  private static List<String> row(List<Result> results, String client) {
    return TestResults.cells(new ReportTable("grpc-netty", new Results(results)).render(), client);
  }
}
