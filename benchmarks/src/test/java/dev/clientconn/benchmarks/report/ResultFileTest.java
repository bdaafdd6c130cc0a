// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultFileTest {

  @Test
  void appendedResultsAreReadBack(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("results.json");
    List<Result> results = List.of(
        TestResults.load("async:100", "grpc-netty", 10, 1_000),
        TestResults.memory("async-direct:10+run=stream-memory", "clientconn", 1, 2),
        TestResults.failed("async:100", "clientconn", "it \"broke\"\nbadly"));
    for (Result result : results) {
      ResultFile appended = new ResultFile(file);
      appended.begin("of " + result.client());
      appended.append(result);
    }

    ResultFile.Contents contents = ResultFile.read(file);

    assertThat(contents.results()).isEqualTo(results);
    assertThat(contents.headings())
        .containsExactly("of grpc-netty", "of clientconn", "of clientconn");
  }
}
