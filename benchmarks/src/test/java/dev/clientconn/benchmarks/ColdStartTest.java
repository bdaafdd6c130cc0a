// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class ColdStartTest {

  @Test
  void comparesTheFirstCallsOfFreshProcesses() throws Exception {
    String table = ColdStart.parse(List.of("--forks=1", "--tls")).run();
    assertThat(table.lines())
        .hasSize(4)
        .anyMatch(line -> line.startsWith("| grpc-netty") && line.contains("1.00"))
        .anyMatch(line -> line.matches("\\| clientconn .*\\d+\\.\\d\\d \\|"));
  }

  @Test
  void anUnknownOptionIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ColdStart.parse(List.of("--fork=1")))
        .withMessageContaining("--fork=1");
  }
}
