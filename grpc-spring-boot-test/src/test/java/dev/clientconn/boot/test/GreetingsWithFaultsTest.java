// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.boot.test.greeter.Greeting;
import io.netty.handler.codec.http2.Http2Error;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

@SpringBootTest
class GreetingsWithFaultsTest {

  @RegisterExtension
  static final FaultyServer SERVER = new FaultyServer();

  @DynamicPropertySource
  static void target(DynamicPropertyRegistry properties) {
    SERVER.replaceTarget("greeter", properties);
  }

  @Test
  void greetsWhileTheServerDrains(@Autowired Greetings greetings) {
    byte[] hello = Greeting.newBuilder().setText("Hello").build().toByteArray();
    SERVER
        .onNextCalls(call -> call.goAway(0, Http2Error.NO_ERROR, "maintenance"))
        .onCall(call -> call.respond(hello));

    assertThat(greetings.greet("Ada")).isEqualTo("Hello");
    assertThat(SERVER.acceptedConnections()).isEqualTo(2);
  }
}
