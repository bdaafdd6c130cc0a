// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.netdevh.pilots;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.smoke.netdevh.Configuration;
import dev.clientconn.smoke.netdevh.HarbourServer;
import io.grpc.InsecureServerCredentials;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

@ExtendWith(OutputCaptureExtension.class)
class PilotsTest {

  @ParameterizedTest
  @EnumSource
  void callsCarryWhatTheirClientAdds(Configuration configuration, CapturedOutput output)
      throws Exception {
    try (HarbourServer server = new HarbourServer(InsecureServerCredentials.create());
        ConfigurableApplicationContext context =
            configuration.run(PilotsApplication.class, "pilots.port=" + server.port())) {
      PilotStation station = context.getBean(PilotStation.class);
      assertThat(station.arriving("Albatross")).isEqualTo("a pilot for Albatross");
      assertThat(station.departing("Gannet")).isEqualTo("a pilot for Gannet");

      assertThat(server.headers.get(0).getAll(Clients.TRACK)).containsExactly("harbour", "inbound");
      assertThat(server.headers.get(1).getAll(Clients.TRACK)).containsExactly("harbour");
      assertThat(server.values("user-agent"))
          .allSatisfy(agent -> assertThat(agent).startsWith("harbour of pilots"));
    }
    configuration.assertPrinted(PilotsApplication.class, output);
  }
}
