// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.benchmarks.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportTest {

  private static final String WORD = "async-direct:100";

  @Test
  void theTableOfCallsHasTheseColumns() {
    String table = new Report(List.of(TestResults.load(WORD, "floor", 1, 100))).calls();

    assertThat(TestResults.cells(table, "client"))
        .containsExactly(
            "workload",
            "client",
            "ops/s",
            "CPU µs/op",
            "B/op",
            "MB/s",
            "mean µs",
            "p50 µs",
            "p99 µs",
            "p99.9 µs",
            "GCs",
            "JIT %",
            "ops/s ×",
            "CPU ×",
            "B ×",
            "mean ×",
            "p99 ×");
  }

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
    String sizes = "+request=1000+response=3000";
    Result unary = TestResults.load("async:1" + sizes, "floor", 1, 1);
    Result stream = TestResults.load("async:1+kind=client-stream" + sizes, "floor", 1, 1);

    assertThat(row(List.of(unary), "floor").get(5)).isEqualTo("4,000");
    assertThat(row(List.of(stream), "floor").get(5)).isEqualTo("1,000");
  }

  @Test
  void aFailedRunLeavesTheOthersFigures() {
    List<Result> results = List.of(
        TestResults.load(WORD, "grpc-netty", 10, 1),
        TestResults.failed(WORD, "grpc-netty", "it broke"),
        TestResults.failed(WORD, "clientconn", "it broke"));

    assertThat(row(results, "grpc-netty").get(2)).isEqualTo("100,000 FAILED (1)");
    assertThat(row(results, "clientconn").subList(2, 17))
        .startsWith("FAILED (1)")
        .endsWith("-", "-", "-", "-", "-");
    assertThat(new Report(results).render())
        .contains("FAILED:\n\n- unary 100 B, async-direct x100, grpc-netty, fork 2: it broke\n");
  }

  @Test
  void missingLatenciesAreNotZero() {
    Measurement none = new Measurement(1, 1, 1, 1, 0, 5, 1, 0, 0, 0, 0, 0, 0, 0);
    Result result = new Result("async:1", "grpc-netty", 1, Result.Outcome.of(none));

    assertThat(row(List.of(result), "grpc-netty").subList(6, 10)).containsOnly("-");
  }

  @Test
  void memoryHasATableOfItsOwn() {
    String spec = "async-direct:10+run=stream-memory";
    Report report = new Report(List.of(
        TestResults.memory(spec, "grpc-netty", 2_000, 50),
        TestResults.memory(spec, "clientconn", 500, 0)));

    assertThat(report.calls()).isEmpty();
    assertThat(TestResults.cells(report.memory(), "clientconn"))
        .containsExactly("open idle stream, of 10", "clientconn", "500", "0", "0.25", "0.00");
  }

  @Test
  void everyLineOfATableHasTheSameWidth() {
    String table = new Report(List.of(
            TestResults.load(WORD, "grpc-netty", 123.456, 1e6),
            TestResults.load(WORD, "floor", 0.5, 1)))
        .calls();

    assertThat(table.lines().map(String::length).distinct()).hasSize(1);
    assertThat(table.lines()).hasSize(4);
  }

  @ParameterizedTest
  @CsvSource({
    "async-direct:64, 3",
    "async-direct:512, 3",
    "async-direct:63, 0",
    "async-direct:1000, 0",
    "async:100, 2",
    "blocking:1, 3",
    "blocking:100, 3",
    "blocking-v2:100, 0",
    "async-direct:100+deadline, 0",
    "async-direct:100+tls=jdk, 0",
    "async-direct:100+request=1K+response=1K, 0",
    "async-direct:10+kind=server-stream, 2",
    "async-direct:8+request=1M+response=1M, 2",
    "async-direct:10+kind=client-stream+request=1M, 2",
    "async-direct:200+run=connection-memory, 1",
    "async-direct:10000+run=stream-memory, 1",
  })
  void aWorkloadHasItsGoals(String spec, int goals) {
    assertThat(Goals.of(Workload.parse(spec))).hasSize(goals);
  }

  @Test
  void aGoalIsMetAtItsRatioAndMissedAbove() {
    Report report = new Report(List.of(
        TestResults.load("async:100", "grpc-netty", 10, 1_000),
        TestResults.load("async:100", "clientconn", 2.5, 301)));

    assertThat(TestResults.cells(report.goals(), "CPU µs/op")).endsWith("0.25", "0.25", "met");
    assertThat(TestResults.cells(report.goals(), "B/op")).endsWith("0.30", "0.30", "MISSED");
  }

  @Test
  void aGoalWhoseRunsFailedIsNotMet() {
    Report report = new Report(List.of(
        TestResults.load("async:100", "grpc-netty", 10, 1_000),
        TestResults.failed("async:100", "clientconn", "it broke")));

    assertThat(TestResults.cells(report.goals(), "CPU µs/op")).endsWith("-", "not measured");
  }

  @Test
  void worseIsMoreThanTheSpread() {
    Report report = new Report(List.of(
        TestResults.load("async:7", "grpc-netty", 10, 1_000),
        TestResults.load("async:7", "grpc-netty", 14, 1_000),
        TestResults.load("async:7", "clientconn", 13, 1_001)));

    assertThat(TestResults.cells(report.worse(), "B/op")).endsWith("1.00");
    assertThat(report.worse().lines()).hasSize(3);
  }

  @Test
  void withoutAnythingWorseThereIsNoTable() {
    Report report = new Report(List.of(
        TestResults.load("async:7", "grpc-netty", 10, 1_000),
        TestResults.load("async:7", "clientconn", 10, 1_000),
        TestResults.load("async:8", "clientconn", 10, 1_000)));

    assertThat(report.worse()).isEmpty();
  }

  private static List<String> row(List<Result> results, String client) {
    return TestResults.cells(new Report(results).calls(), client);
  }
}
