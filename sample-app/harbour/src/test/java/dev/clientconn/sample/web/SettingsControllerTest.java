// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

class SettingsControllerTest {

  private final MockEnvironment environment =
      new MockEnvironment().withProperty("grpc.client.targets.ports.deadline", "5s");

  @Test
  void deadlineIsInTheEnvironmentBeforeTheClientsReadIt() {
    List<String> read = new ArrayList<>();
    SettingsController settings = new SettingsController(environment, () -> {
      read.add(environment.getProperty("grpc.client.targets.ports.deadline"));
      return List.of("ports");
    });

    assertThat(settings.deadline(Duration.ofMillis(1500))).containsExactly("ports");
    assertThat(read).containsExactly("PT1.5S");
  }
}
