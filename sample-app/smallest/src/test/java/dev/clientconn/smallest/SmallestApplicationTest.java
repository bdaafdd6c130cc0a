// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smallest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.boot.test.GrpcTestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Starts the application, which makes its call, against a server on a free port. */
@ExtendWith(OutputCaptureExtension.class)
@SpringBootTest
@GrpcTestServer(services = Greeter.class)
class SmallestApplicationTest {

  @Test
  void printsTheGreetingOfTheServer(CapturedOutput output) {
    assertThat(output).contains("Hello, Ada");
  }
}
