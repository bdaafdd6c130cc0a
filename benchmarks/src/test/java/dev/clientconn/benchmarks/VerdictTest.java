// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictTest {

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
    "blocking:1+run=setup, 0",
  })
  void aWorkloadHasTheTargetsThatWereSetForIt(String word, int targets) {
    assertThat(Targets.of(Workload.parse(word))).hasSize(targets);
  }

  @Test
  void aTargetIsMetAtItsRatioAndMissedAbove() {
    Verdict verdict = verdict(
        TestResults.load("async:100", "grpc-netty", 10, 1_000),
        TestResults.load("async:100", "clientconn", 2.5, 301));

    assertThat(TestResults.cells(verdict.targets(), "CPU µs/op")).endsWith("0.25", "0.25", "met");
    assertThat(TestResults.cells(verdict.targets(), "B/op")).endsWith("0.30", "0.30", "MISSED");
  }

  @Test
  void aTargetWhoseRunsFailedIsNotMet() {
    Verdict verdict = verdict(
        TestResults.load("async:100", "grpc-netty", 10, 1_000),
        TestResults.failed("async:100", "clientconn", "it broke"));

    assertThat(TestResults.cells(verdict.targets(), "CPU µs/op")).endsWith("-", "not measured");
  }

  @Test
  void onlyWhatIsWorseByMoreThanTheSpreadIsNamed() {
    Verdict verdict = verdict(
        TestResults.load("async:7", "grpc-netty", 10, 1_000),
        TestResults.load("async:7", "grpc-netty", 14, 1_000),
        TestResults.load("async:7", "clientconn", 13, 1_001));

    assertThat(TestResults.cells(verdict.worse(), "B/op")).endsWith("1.00");
    assertThat(verdict.worse().lines()).hasSize(3);
  }

  @Test
  void nothingWorseIsNoTable() {
    Verdict verdict = verdict(
        TestResults.load("async:7", "grpc-netty", 10, 1_000),
        TestResults.load("async:7", "clientconn", 10, 1_000),
        TestResults.load("async:8", "clientconn", 10, 1_000));

    assertThat(verdict.worse()).isEmpty();
  }

  private static Verdict verdict(Result... results) {
    return new Verdict("clientconn", "grpc-netty", new Results(List.of(results)));
  }
}
