// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTableTest {

  @Test
  void ratiosDivideTheMediansByTheBaselines() {
    List<Result> results = new ArrayList<>();
    for (double micros : new double[] {9, 10, 50}) {
      results.add(result("grpc-netty", micros, 8_000));
    }
    for (double micros : new double[] {2, 1, 2.5}) {
      results.add(result("clientconn", micros, 2_000));
    }

    List<String> row = row(new ReportTable("grpc-netty", results), "clientconn");

    assertThat(row.get(2)).isEqualTo("500,000");
    assertThat(row.get(4)).isEqualTo("2.00");
    assertThat(row.subList(12, 15)).containsExactly("5.00", "0.20", "0.25");
  }

  @Test
  void spreadIsHalfTheRangeInPercentOfTheMedian() {
    List<Result> results = List.of(
        result("grpc-netty", 9, 1), result("grpc-netty", 10, 1), result("grpc-netty", 13, 1));

    assertThat(row(new ReportTable("grpc-netty", results), "grpc-netty").get(5)).isEqualTo("20");
  }

  @Test
  void oneForkHasNoSpreadAndAWorkloadWithoutBaselineNoRatio() {
    List<Result> results = List.of(result("floor", 1, 100));

    List<String> row = row(new ReportTable("grpc-netty", results), "floor");

    assertThat(row.get(5)).isEqualTo("-");
    assertThat(row.subList(12, 15)).containsExactly("-", "-", "-");
  }

  @Test
  void medianOfAnEvenNumberOfForksLiesBetweenTheMiddleTwo() {
    List<Measurement> forks =
        List.of(measurement(4, 0), measurement(1, 0), measurement(2, 0), measurement(9, 0));

    assertThat(ReportTable.median(forks, Measurement::cpuNanosPerOperation)).isEqualTo(3_000);
  }

  @Test
  void everyLineIsAsWideAsTheOthers() {
    String table = new ReportTable(
            "grpc-netty", List.of(result("grpc-netty", 123.456, 1e6), result("floor", 0.5, 1)))
        .render();

    assertThat(table.lines().map(String::length).distinct()).hasSize(1);
    assertThat(table.lines()).hasSize(4);
  }

  private static List<String> row(ReportTable table, String client) {
    return table
        .render()
        .lines()
        .map(line ->
            Arrays.stream(line.substring(1).split("\\|")).map(String::trim).toList())
        .filter(cells -> cells.get(1).equals(client))
        .findFirst()
        .orElseThrow();
  }

  private static Result result(String client, double cpuMicros, double bytes) {
    return new Result("unary", client, 1, measurement(cpuMicros, bytes));
  }

  private static Measurement measurement(double cpuMicros, double bytes) {
    return new Measurement(
        1_000, 1, 1e6 / cpuMicros, cpuMicros * 1_000, 0, 5, bytes, 1, 2, 1_000, 10, 9, 20, 30);
  }
}
