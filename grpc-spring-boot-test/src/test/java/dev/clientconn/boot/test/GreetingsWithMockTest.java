// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.when;

import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.test.greeter.GreeterGrpc.GreeterBlockingStub;
import dev.clientconn.boot.test.greeter.Greeting;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.mockito.Answers;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

@NullUnmarked
@SpringBootTest(
    properties = {
      "grpc.client.targets.greeter.ssl.bundle=",
      "grpc.client.targets.greeter.ssl.enabled=true"
    })
class GreetingsWithMockTest {

  @MockitoBean(answers = Answers.RETURNS_SELF)
  @GrpcClient("greeter")
  GreeterBlockingStub greeter;

  @Test
  void greets(@Autowired Greetings greetings) {
    when(greeter.greet(any())).thenReturn(Greeting.newBuilder().setText("Hello").build());

    assertThat(greetings.greet("Ada")).isEqualTo("Hello");
  }

  @Test
  void stubWithOptionsIsTheMock() {
    assertThat(this.greeter.withDeadlineAfter(1, TimeUnit.SECONDS).withCompression("gzip"))
        .isSameAs(this.greeter);
  }
}
