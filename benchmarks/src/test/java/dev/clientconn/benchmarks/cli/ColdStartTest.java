// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ColdStartTest {

  @Test
  void comparesTheFirstCallsOfFreshProcesses() throws Exception {
    String table = parse("--forks=1", "--tls").run();

    assertThat(table.lines())
        .hasSize(4)
        .anyMatch(line -> line.startsWith("| grpc-netty") && line.contains("1.00"))
        .anyMatch(line -> line.matches("\\| clientconn .*\\d+\\.\\d\\d \\|"));
  }

  @Test
  void anUnknownOptionIsRefused() {
    assertThatThrownBy(() -> parse("--fork=1"))
        .isInstanceOf(CommandLine.ParameterException.class)
        .hasMessageContaining("--fork=1");
  }

  private static ColdStart parse(String... arguments) {
    return CommandLine.populateCommand(new ColdStart(), arguments);
  }
}
