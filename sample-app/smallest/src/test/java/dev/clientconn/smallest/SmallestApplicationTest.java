// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smallest;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Server;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Runs the application against a server on a free port. */
@ExtendWith(OutputCaptureExtension.class)
class SmallestApplicationTest {

  @Test
  void printsTheGreetingOfTheServer(CapturedOutput output) throws IOException {
    Server server = GreeterServer.start(0);
    String address = "--grpc.client.targets.greeter.address=localhost:" + server.getPort();

    SpringApplication.run(SmallestApplication.class, address).close();
    server.shutdownNow();

    assertThat(output).contains("Hello, Ada");
  }
}
