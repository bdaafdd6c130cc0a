// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

@SpringBootTest
@GrpcTestServer(services = FakeGreeter.class)
class GreetingsTest {

  @Test
  void greets(@Autowired Greetings greetings) {
    assertThat(greetings.greet("Ada")).isEqualTo("Hello, Ada");
  }
}
