// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.clientconn.boot.ClientConnRegistry;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

@SpringBootTest(properties = "grpc.client.targets.greeter.deadline=1s")
class GreetingsWithADeadlineTest {

  private static final String WINDOW = "waited for the stream's send window";

  @RegisterExtension
  static final FaultyServer SERVER = new FaultyServer();

  @DynamicPropertySource
  static void target(DynamicPropertyRegistry properties) {
    SERVER.replaceTarget("greeter", properties);
  }

  @Test
  void givesUpOnASilentServer(@Autowired Greetings greetings) {
    SERVER.onCall(call -> {});

    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(() -> greetings.greet("Ada"))
        .satisfies(failure ->
            assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
  }

  @Test
  void waitsForRoomInTheWindow(
      @Autowired Greetings greetings, @Autowired ClientConnRegistry clients) {
    SERVER.onConnection(connection -> connection.initialStreamWindow(0)).onCall(call -> {});
    Connections.await(Objects.requireNonNull(clients.channels().get("greeter")));

    // A machine that stands still for a second lets a deadline expire before that.
    List<String> failures = new ArrayList<>();
    while (failures.size() < 30 && failures.stream().noneMatch(text -> text.contains(WINDOW))) {
      failures.add(catchThrowable(() -> greetings.greet("Ada")).getMessage());
    }
    assertThat(failures).last().asString().contains(WINDOW);
  }
}
