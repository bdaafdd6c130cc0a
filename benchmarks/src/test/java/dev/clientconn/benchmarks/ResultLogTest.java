// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultLogTest {

  @Test
  void whatIsAppendedIsReadBack(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("results.json");
    List<Result> results = List.of(
        TestResults.load("async:100", "grpc-netty", 10, 1_000),
        TestResults.memory("async-direct:10+run=stream-memory", "clientconn", 1, 2),
        TestResults.failed("async:100", "clientconn", "it \"broke\"\nbadly"));
    for (Result result : results) {
      ResultLog log = new ResultLog(file);
      log.begin("of " + result.client());
      log.append(result);
    }

    ResultLog.Contents contents = ResultLog.read(file);

    assertThat(contents.results()).isEqualTo(results);
    assertThat(contents.headings())
        .containsExactly("of grpc-netty", "of clientconn", "of clientconn");
  }

  @Test
  void aReportNamesWhatFailedAndWhy() {
    Report report = new Report(new Results(List.of(
        TestResults.load("async:100", "grpc-netty", 10, 1_000),
        TestResults.failed("async:100", "clientconn", "it broke"))));

    assertThat(report.render())
        .contains("FAILED:\n\n- unary 100 B, async x100, clientconn, fork 2: it broke\n");
  }
}
