// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.netdevh.lamps;

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
class LampsTest {

  @ParameterizedTest
  @EnumSource
  void lampIsLookedAfter(Configuration configuration, CapturedOutput output) throws Exception {
    try (HarbourServer server = new HarbourServer(InsecureServerCredentials.create());
        ConfigurableApplicationContext context =
            configuration.run(LampsApplication.class, "lamps.port=" + server.port())) {
      assertThat(context.getBean(LampKeeper.class).look("east mole")).isEqualTo("east mole is lit");
      assertThat(context.getBean(CallLog.class).calls)
          .containsExactly("dev.clientconn.smoke.netdevh.Lamps/Look");
    }
    configuration.assertPrinted(LampsApplication.class, output);
  }
}
